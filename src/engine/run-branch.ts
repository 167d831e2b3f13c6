/** What a run's branch is called: the same name in each repository. */
import type { RunState } from '../core/state.ts';

export function branchOf({ request, runId }: Pick<RunState, 'request' | 'runId'>): string {
  const words = request.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return `baton/${words.slice(0, 5).join('-').slice(0, 40)}-${runId}`;
}
