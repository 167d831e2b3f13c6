/** What each invocation behind an output changed, and where its agent may. */
import { laneOf } from '../core/checks/lanes.ts';
import type { RunState } from '../core/state.ts';
import type { StepState } from '../core/step-state.ts';
import type { GateOrder } from '../gates/gates.ts';

/** Oldest first. Whoever reworks in another step keeps to the lane of its own. */
export function editsOf(state: RunState, st: StepState): NonNullable<GateOrder['edits']> {
  return st.edits.map(({ author, from, to }) => {
    const [before, after] = [state.revisions.get(from), state.revisions.get(to)];
    if (before === undefined || after === undefined) throw new Error(`unknown revision ${from} or ${to}`);
    return { lane: laneOf(state, author), from: before, to: after };
  });
}
