/** What a person accepted as it was: a run that ends well all the same says so where it ends. */
import { gatePlace } from '../../core/checks/gate-place.ts';
import type { RunState } from '../../core/state.ts';

export interface AcceptedAnyway {
  step: string;
  /** Gates that were red on it, as `api tests`; empty: reviewers alone objected. */
  red: string[];
}

export function acceptedAnyway(state: RunState): AcceptedAnyway[] {
  return [...state.steps.values()]
    .filter((st) => st.accepted !== null && st.accepted.override !== null)
    .map((st) => ({
      step: st.step.title,
      red: st.gates
        .filter(({ status }) => status === 'fail' || status === 'error')
        .map((gate) => `${gatePlace(gate)} ${gate.gate}`),
    }));
}
