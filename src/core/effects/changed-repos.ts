/** Where a change has anything to submit. */
import type { RevisionId } from '../results.ts';
import type { RunState } from '../state.ts';

/** The repositories whose tree differs from the base, by name. */
export function changedRepos(state: Pick<RunState, 'base' | 'revisions'>, head: RevisionId): string[] {
  const before = new Map(state.base.repos.map((repo) => [repo.name, repo.tree]));
  const after = state.revisions.get(head)?.repos ?? [];
  return after
    .filter((repo) => before.get(repo.name) !== repo.tree)
    .map((repo) => repo.name)
    .sort();
}
