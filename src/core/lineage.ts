/** Where a tree comes from: the steps whose agents wrote on the way to it. */
import type { StepId } from './graph.ts';
import { stepOf, type RunState, type StepState } from './state.ts';

/** Who wrote what one side brings into a merge, since the tree that all its sides come from; in the graph's order. */
export function writersOf(state: RunState, merge: StepState, side: StepId): StepId[] {
  const shared = treesBehind(state, merge.step.tree_from, new Set());
  const branch = treesBehind(state, side, shared);
  const writers = [...branch].flatMap((id) => [...stepOf(state, id).writers]);
  return [...new Set(writers)]
    .filter((id) => stepOf(state, id).step.work.kind === 'agent')
    .sort((a, b) => stepOf(state, a).index - stepOf(state, b).index);
}

/** The step and every step whose tree is in its own, but for those that are left out. */
function treesBehind(state: RunState, start: StepId | null, without: ReadonlySet<StepId>): Set<StepId> {
  const found = new Set<StepId>();
  const queue = [start];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (id === null || found.has(id) || without.has(id)) continue;
    found.add(id);
    const { step } = stepOf(state, id);
    queue.push(step.tree_from, ...(step.work.kind === 'merge' ? step.work.sides : []));
  }
  return found;
}
