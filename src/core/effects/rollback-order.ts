/** In which order repositories are submitted, and taken back: what was built last, on the others, is submitted last and goes first. */
import { stepsBehind } from '../graph/lineage.ts';
import type { StepId } from '../graph.ts';
import type { RevisionId } from '../results.ts';
import type { RunState } from '../state.ts';
import { changedRepos } from './changed-repos.ts';

/**
 * The repositories that differ from the base, the one that the run changed last in front. The graph's order has every step
 * behind those it needs, so that who uses something is changed after it.
 */
export function rollbackOrder(state: RunState, step: StepId, head: RevisionId): string[] {
  const edits = stepsBehind(state, step).flatMap((st) => st.edits);
  const firstChange = (repo: string): number => {
    const at = edits.findIndex(({ from, to }) => treeIn(state, from, repo) !== treeIn(state, to, repo));
    return at < 0 ? edits.length : at;
  };
  const last = changedRepos(state, head).sort(
    (a, b) => firstChange(b) - firstChange(a) || (a < b ? -1 : a > b ? 1 : 0),
  );
  return outermostFirst(state, last);
}

/** The other way about: what others were built on goes out before them. */
export function submissionOrder(state: RunState, step: StepId, head: RevisionId): string[] {
  return rollbackOrder(state, step, head).toReversed();
}

/** Whatever was written when: a pointer is taken back before what it points at. */
function outermostFirst({ submodules }: RunState, repos: readonly string[]): string[] {
  const left = [...repos];
  const order: string[] = [];
  while (left.length > 0) {
    const isPointedAt = (repo: string): boolean =>
      submodules.some((each) => each.of === repo && left.includes(each.repo));
    const at = left.findIndex((repo) => !isPointedAt(repo));
    order.push(...left.splice(Math.max(0, at), 1));
  }
  return order;
}

function treeIn(state: RunState, revision: RevisionId, repo: string): string | undefined {
  return state.revisions.get(revision)?.repos.find(({ name }) => name === repo)?.tree;
}
