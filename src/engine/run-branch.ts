/** What a run's branch is called: the same name in each repository. */
import type { RunState } from '../core/state.ts';

/** Hidden text that says whose a pull request is. */
export function markerOf({ runId }: Pick<RunState, 'runId'>, repo: string): string {
  return `<!-- baton run=${runId} repo=${repo} -->`;
}

export function branchOf({ request, runId }: Pick<RunState, 'request' | 'runId'>): string {
  const words = request.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return `baton/${words.slice(0, 5).join('-').slice(0, 40)}-${runId}`;
}
