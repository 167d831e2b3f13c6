/** What a person accepted as it was: whoever sums a run up says so. */
import type { GateResult } from '../records.ts';
import type { RunState } from '../state.ts';

export interface Overridden {
  /** The step's title. */
  step: string;
  /** The question that was answered so. */
  question: string;
  /** Empty: reviewers alone objected. */
  red: GateResult[];
}

export function overriddenSteps(state: RunState): Overridden[] {
  return [...state.steps.values()].flatMap(({ step, accepted, gates }) => {
    const question = accepted?.override ?? null;
    if (question === null) return [];
    return [
      {
        step: step.title,
        question,
        red: gates.filter(({ status }) => status === 'fail' || status === 'error'),
      },
    ];
  });
}
