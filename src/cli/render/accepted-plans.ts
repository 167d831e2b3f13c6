/** The plans of a run as they were accepted, the replaced ones too. */
import type { Output } from '../../core/results.ts';
import type { RunHistory } from './history.ts';

export interface AcceptedPlan {
  step: string;
  at: string;
  output: Output;
  in_force: boolean;
}

/** Oldest first. The last one is in force while its step stays accepted. */
export function acceptedPlans({ events, state }: RunHistory): AcceptedPlan[] {
  const accepted = events.flatMap(({ event, at }) =>
    event.type === 'step_accepted' && event.output?.kind === 'plan'
      ? [{ step: event.step, at, output: event.output }]
      : [],
  );
  return accepted.map((plan, index) => {
    const stands = state.steps.get(plan.step)?.accepted?.output?.id === plan.output.id;
    return { ...plan, in_force: stands && index === accepted.length - 1 };
  });
}
