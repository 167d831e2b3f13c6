/** What a person accepted as it was: a run that ends well all the same says so where it ends. */
import { gatePlace } from '../../core/checks/gate-place.ts';
import { overriddenSteps } from '../../core/questions/overridden.ts';
import type { RunState } from '../../core/state.ts';

export interface AcceptedAnyway {
  step: string;
  /** Gates that were red on it, as `api tests`; empty: reviewers alone objected. */
  red: string[];
}

export function acceptedAnyway(state: RunState): AcceptedAnyway[] {
  return overriddenSteps(state).map(({ step, red }) => ({
    step,
    red: red.map((gate) => `${gatePlace(gate)} ${gate.gate}`),
  }));
}
