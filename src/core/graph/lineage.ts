/** Where a tree comes from: the steps whose agents wrote on the way to it. */
import { treesOf, type StepId } from '../graph.ts';
import type { RevisionId } from '../results.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';

/** Who wrote what one side brings into a merge, since the tree that all its sides come from; in the graph's order. */
export function writersOf(state: RunState, merge: StepState, side: StepId): StepId[] {
  const writers = branchOf(state, side, merge.step.tree_from).flatMap((st) => [...st.writers]);
  return [...new Set(writers)]
    .filter((id) => stepOf(state, id).step.work.kind === 'agent')
    .sort((a, b) => stepOf(state, a).index - stepOf(state, b).index);
}

/** A revision on the way to a tree, and whose it is; null: a merge made it. */
export interface Written {
  by: StepId | null;
  revision: RevisionId;
}

/** Every revision that somebody left on the way to this step's tree, its own included; in the graph's order. */
export function writtenBehind(state: RunState, step: StepId): Written[] {
  return stepsBehind(state, step).flatMap((st) => [
    ...mergedIn(st),
    ...st.edits.map(({ author, to }) => ({ by: author, revision: to })),
  ]);
}

function mergedIn({ step, edits, output }: StepState): Written[] {
  const revision = step.work.kind === 'merge' ? (edits[0]?.from ?? output?.revision) : null;
  return revision == null ? [] : [{ by: null, revision }];
}

/** The steps on the way to this step's tree, its own included; in the graph's order. */
export function stepsBehind(state: RunState, step: StepId): StepState[] {
  return branchOf(state, step, null).sort((a, b) => a.index - b.index);
}

/** The step and those whose trees are in its own, as far as they are not in the root's too. */
function branchOf(state: RunState, start: StepId, root: StepId | null): StepState[] {
  const found = new Map<StepId, StepState>();
  const queue = [start];
  const rootIndex = root === null ? -1 : stepOf(state, root).index;
  let behindRoot: Set<StepId> | null = null;
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (found.has(id) || id === root) continue;
    const st = stepOf(state, id);
    // What is behind the root stands before it in the graph; most branches never lead there.
    if (root !== null && st.index < rootIndex) {
      behindRoot ??= new Set(branchOf(state, root, null).map((each) => each.step.id));
      if (behindRoot.has(id)) continue;
    }
    found.set(id, st);
    queue.push(...treesOf(st.step));
  }
  return [...found.values()];
}
