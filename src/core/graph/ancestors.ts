/** What lies before a step: all that had to be settled for it to start, whatever else happens to be settled by then. */
import type { StepId } from '../graph.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';

/**
 * The steps that this one waits for, directly or through others, in the graph's order. A sibling's work is never
 * among them, however early it was done.
 */
export function ancestorsOf(state: RunState, st: StepState): StepState[] {
  const found = new Set<StepId>();
  const queue = [...st.step.needs];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    queue.push(...stepOf(state, id).step.needs);
  }
  return [...found].map((id) => stepOf(state, id)).sort((a, b) => a.index - b.index);
}
