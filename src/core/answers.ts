/** What a person's answer does to the state. Unknown questions and second answers change nothing. */
import type { EventOf } from './events.ts';
import { blockingFindings } from './rework.ts';
import { resetRound } from './rounds.ts';
import { stepOf, type RunState, type StepState } from './state.ts';

export function applyAnswer(state: RunState, event: EventOf<'question_answered'>): void {
  const asked = state.questions.get(event.question_id);
  if (asked === undefined || asked.answer !== null) return;
  asked.answer = {
    option: event.option,
    text: event.text,
    by: event.actor.kind === 'human' ? event.actor.name : event.actor.kind,
  };
  state.openQuestions.delete(event.question_id);
  if (event.option === 'abort') {
    state.cancel = { reason: `stopped at ${event.question_id}` };
    return;
  }
  if (event.option === 'confirm') state.confirmed = true;
  if (asked.question.step === null) {
    if (event.text !== '') state.remarks.push(event.text);
    return;
  }
  const st = stepOf(state, asked.question.step);
  if (st.question !== event.question_id) return; // the step went stale while the question was open
  if (event.text !== '') st.guidance.push(event.text);
  applyToStep(state, st, event.option, event.question_id);
}

function applyToStep(state: RunState, st: StepState, option: string, questionId: string): void {
  switch (option) {
    case 'continue':
    case 'revise':
    case 'uphold':
      st.budget.continues += 1;
      st.budget.extraRounds += state.limits.continue_rounds;
      st.stage = 'judge';
      return;
    case 'retry':
      st.budget.continues += 1;
      retry(state, st);
      return;
    case 'answer':
      st.budget.clarifications += 1;
      resetRound(st, st.authors.length === 0 ? [st.step.id] : st.authors);
      return;
    case 'accept':
      st.override = questionId;
      st.stage = 'judge';
      return;
    case 'withdraw':
      for (const finding of blockingFindings(st)) {
        if ((st.budget.upheld.get(finding.fingerprint) ?? 0) > 0)
          st.waived.set(finding.fingerprint, questionId);
      }
      st.override = questionId;
      st.stage = 'judge';
  }
}

/** The same round again, with a fresh retry budget. */
function retry(state: RunState, st: StepState): void {
  st.failures = new Map();
  st.waited = new Map();
  st.stage = st.askedIn ?? 'work';
  st.question = null;
  for (const effect of state.effects.values()) {
    effect.failures = 0;
    effect.waited = 0;
    effect.refused = null;
  }
}
