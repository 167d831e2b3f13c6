/**
 * What a person's answer does to the state. An answer counts once, from a person, for an open question and
 * with one of its options; everything else changes nothing.
 */
import { approve } from './approvals.ts';
import { putAside } from './put-aside.ts';
import { decideOnBase } from '../effects/base-moved.ts';
import { cleanUpOf, requestCancel } from '../effects/cleanup.ts';
import { answerDeploy } from '../effects/deploying.ts';
import { decideOnRed } from '../effects/following.ts';
import { lookAgain } from '../effects/preparing.ts';
import type { EventOf } from '../events.ts';
import { raiseBudget } from '../budget/budget.ts';
import { budgetOfQuestion } from '../budget/budget-question.ts';
import { afterAuthor } from '../outcomes.ts';
import { takeDecision } from './recommendations.ts';
import { blockingFindings, ownerToReopen } from '../review/rework.ts';
import { forgetSigns, resetRound } from '../review/rounds.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import { withEntry } from '../small.ts';

export function applyAnswer(state: RunState, event: EventOf<'question_answered'>): void {
  const asked = state.questions.get(event.question_id);
  if (asked === undefined || !state.openQuestions.has(event.question_id)) return;
  if (event.actor.kind !== 'human') return;
  if (!asked.question.options.some((option) => option.id === event.option)) return;
  asked.answer = { option: event.option, text: event.text, by: event.actor.name };
  state.openQuestions.delete(event.question_id);
  const cleanUp = cleanUpOf(event.option);
  if (cleanUp !== null) return requestCancel(state, `stopped at ${event.question_id}`, cleanUp);
  if (takeDecision(state, event)) return;
  if (asked.question.step === null) {
    if (event.option === 'confirm') state.confirmed = true;
    const budget = event.option === 'raise' ? budgetOfQuestion(state, event.question_id) : null;
    if (budget !== null) raiseBudget(state, budget);
    if (event.text !== '') state.remarks.push(event.text);
    return;
  }
  applyToStep(state, stepOf(state, asked.question.step), event);
}

function applyToStep(state: RunState, st: StepState, event: EventOf<'question_answered'>): void {
  const { text } = event;
  if (st.step.work.kind === 'deploy') return answerDeploy(st, event);
  switch (event.option) {
    case 'approve': {
      const asked = state.questions.get(event.question_id);
      st.stage = 'judge';
      if (asked !== undefined) approve(state, asked.question);
      return;
    }
    case 'reject':
    case 'continue':
    case 'revise':
    case 'uphold':
      if (text !== '') st.guidance.push(text);
      return goOn(state, st);
    case 'allow':
      st.tooManyFiles = null;
      st.question = null;
      st.stage = afterAuthor(st);
      return;
    case 'retry':
      st.budget.continues += 1;
      return retry(state, st);
    case 'bring_in':
    case 'submit_anyway':
      return decideOnBase(state, st, event.option);
    case 'mend':
    case 'look_again':
    case 'leave':
      return decideOnRed(state, st, event.option);
    case 'answer':
      return takeAnswer(st, text);
    case 'accept':
      putAside(state, st, event.question_id);
      st.override = event.question_id;
      st.stage = 'judge';
      return;
    case 'withdraw':
      for (const finding of blockingFindings(st)) {
        if ((st.budget.upheld.get(finding.fingerprint) ?? 0) > 0)
          st.waived = withEntry(st.waived, finding.fingerprint, event.question_id);
      }
      st.override = event.question_id;
      st.stage = 'judge';
  }
}

/** More rounds for the loop, and for the owner upstream where it is the one that ran out of them. */
function goOn(state: RunState, st: StepState): void {
  const owner = ownerToReopen(state, st, blockingFindings(st));
  if (owner !== null) stepOf(state, owner).budget.extraRounds += state.limits.continue_rounds;
  st.budget.continues += 1;
  st.budget.extraRounds += state.limits.continue_rounds;
  forgetSigns(st);
  st.tooManyFiles = null;
  st.stage = 'judge';
}

/** The step starts again with the person's words. */
function takeAnswer(st: StepState, text: string): void {
  st.budget.clarifications += 1;
  if (text !== '') st.guidance.push(text);
  resetRound(st, st.authors);
}

/** The same round again, with a fresh retry budget. */
function retry(state: RunState, st: StepState): void {
  st.failures = new Map();
  st.waited = new Map();
  st.quotas = new Map();
  st.stage = st.askedIn ?? 'work';
  st.question = null;
  for (const effect of state.effects.values()) {
    if (effect.step !== st.step.id) continue;
    effect.failures = 0;
    effect.askedWaits = 0;
    effect.waited = 0;
    effect.refused = null;
    effect.pendings = 0;
  }
  if (st.stage === 'effects') lookAgain(state, st);
}
