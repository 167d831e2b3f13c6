/**
 * Whose work was accepted when it was judged for the first time. Rounds do not say that: an answered question begins one, too, and
 * so does what is done again because of something else.
 */
import type { JournalEvent } from '../../../core/events.ts';
import type { StepId } from '../../../core/graph.ts';
import type { RunHistory } from '../history.ts';

/** Of one step of an agent that is accepted now. */
export interface FirstJudgement {
  step: StepId;
  agent: string;
  /** Accepted by gates and reviewers at once; not: sent back, or accepted by a person in spite of them. */
  first: boolean;
}

/** In the order of the steps. What was accepted at first and found faulty later is a review escape, and first here. */
export function firstJudgements(history: RunHistory): FirstJudgement[] {
  const judged = new Map<StepId, boolean>();
  const finders = new Map<string, StepId>();
  for (const line of history.events)
    for (const { step, first } of judgementsIn(line, finders)) if (!judged.has(step)) judged.set(step, first);
  return [...history.steps.values()].flatMap(({ step, accepted }) =>
    step.work.kind === 'agent' && accepted !== null
      ? [{ step: step.id, agent: step.work.agent, first: judged.get(step.id) === true }]
      : [],
  );
}

/** Steps of agents that were judged, of which none was accepted in the end: in a run that has ended they were given up. */
export function neverAccepted(history: RunHistory): StepId[] {
  const finders = new Map<string, StepId>();
  const judged = new Set(
    history.events.flatMap((line) => judgementsIn(line, finders).map(({ step }) => step)),
  );
  return [...history.steps.values()].flatMap(({ step, accepted }) =>
    step.work.kind === 'agent' && accepted === null && judged.has(step.id) ? [step.id] : [],
  );
}

type Judgement = Pick<FirstJudgement, 'step' | 'first'>;

/** `finders`: by finding, the step in which it was found last. */
function judgementsIn({ event }: JournalEvent, finders: Map<string, StepId>): Judgement[] {
  switch (event.type) {
    case 'review_ended':
      if (event.outcome.kind === 'verdict')
        for (const { id } of event.outcome.review.findings) finders.set(id, event.step);
      return [];
    case 'gates_ended':
      if (event.outcome.kind === 'measured')
        for (const { id } of event.outcome.results.flatMap(({ findings }) => findings))
          finders.set(id, event.step);
      return [];
    case 'step_accepted':
      return [{ step: event.step, first: event.override === null }];
    case 'rework_requested':
      return [{ step: event.step, first: false }];
    case 'step_reopened':
      // Who was judged is the one in whose work it was found, though another one has to mend it. A blocked agent was not judged.
      if (event.blocked !== undefined) return [];
      return event.findings.flatMap(({ id }) => {
        const step = finders.get(id);
        return step === undefined ? [] : [{ step, first: false }];
      });
    default:
      return [];
  }
}
