/** What lies before a step: all that had to be settled for it to start, whatever else happens to be settled by then. */
import type { Graph, Step, StepId } from '../graph.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';

/** All that one gets to from these, with these, the near before the far. Each is asked for its next ones once. */
export function reach(starts: Iterable<StepId>, next: (id: StepId) => readonly StepId[]): Set<StepId> {
  const found = new Set(starts);
  // What is put into a set while it is gone through has its turn, too.
  for (const id of found) for (const each of next(id)) found.add(each);
  return found;
}

/** The steps that this one waits for, directly or through others, in the graph's order. */
export function stepsBefore(graph: Graph, step: Step): Step[] {
  const known = new Map(graph.steps.map((each) => [each.id, each]));
  const found = reach(step.needs, (id) => known.get(id)?.needs ?? []);
  return graph.steps.filter(({ id }) => found.has(id));
}

/** The same in a run. A sibling's work is never among them, however early it was done. */
export function ancestorsOf(state: RunState, st: StepState): StepState[] {
  const found = reach(st.step.needs, (id) => stepOf(state, id).step.needs);
  return [...found].map((id) => stepOf(state, id)).sort((a, b) => a.index - b.index);
}
