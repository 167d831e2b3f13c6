/**
 * The base went on while the run worked. What was tested and reviewed is one change on one base, so what is there now is brought
 * in by a step of its own, before the submission: a new tree, which all gates and all reviewers of the whole change see again.
 * Nothing is rebased, and a branch that was pushed goes on from where it is.
 */
import type { Command } from '../commands.ts';
import { baseMerges } from '../graph/bases.ts';
import type { Step, StepId } from '../graph.ts';
import { questionId } from '../keys.ts';
import { ABORT } from '../questions/questions.ts';
import type { BaseMoved, Question, QuestionOption } from '../records.ts';
import { requiredReviewers } from '../review/verdicts.ts';
import { stepOf, type EffectState, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import { cleanUpOptions } from './cleanup.ts';

/** How often what the base became is brought in before a person is asked: a base that never rests would be followed for ever. */
export const MAX_BASE_MERGES = 3;

/** What this submission found of a base that went on; empty: nothing, or it was decided about. */
export function movedBases(state: RunState, st: StepState): BaseMoved[] {
  if (isSubmittedAnyway(state, st)) return [];
  const own = [...state.effects.values()].filter(({ step }) => step === st.step.id);
  return own.flatMap(({ moved }) => moved ?? []);
}

/**
 * Whether an effect looks at the base first. A push that may have got through already is found first: a branch that holds
 * what the journal does not know could not be continued.
 */
export function looksAtBase(state: RunState, st: StepState, effect: EffectState): boolean {
  if (state.basePolicy === 'ignore' || isSubmittedAnyway(state, st)) return false;
  const isLook = effect.effect === 'mark_ready' || effect.effect === 'prepare_push';
  return isLook || (effect.effect === 'push_branch' && effect.tries === 1);
}

/** Whether a person wants what was tested, in this round of the submission. */
export function isSubmittedAnyway(state: RunState, st: StepState): boolean {
  return answerOf(state, st) === 'submit_anyway';
}

export function decideMoved(state: RunState, st: StepState, all: readonly BaseMoved[]): Command[] {
  const [moved] = all;
  // What is under way is waited for, so that it is known what was pushed.
  if (moved === undefined || [...state.inFlight.values()].some(({ step }) => step === st.step.id)) return [];
  const why = whyAsked(state, moved);
  if (why !== null && answerOf(state, st) !== 'bring_in')
    return [{ kind: 'record', event: { type: 'question_asked', question: baseQuestion(st, moved, why) } }];
  const step = mergeOf(state, st);
  return [
    {
      kind: 'record',
      event: {
        type: 'graph_extended',
        before: st.step.id,
        reason: sayMoved(moved),
        steps: [step],
        dropped: [],
        needs: [...st.step.needs, step.id],
        tree_from: step.id,
        findings: {},
        base: moved.base,
      },
    },
  ];
}

/** null: nobody has to be asked. */
function whyAsked(state: RunState, { continues }: BaseMoved): string | null {
  if (!continues) return 'Its history was written anew: what the run started from is no longer in it.';
  if (state.basePolicy === 'ask') return 'What is reviewed and tested is the change on the base before.';
  if (baseMerges(state).length >= MAX_BASE_MERGES)
    return `It was brought in ${MAX_BASE_MERGES} times already, and went on each time.`;
  return null;
}

function mergeOf(state: RunState, st: StepState): Step {
  const { phase, needs, tree_from } = st.step;
  return {
    id: `${st.step.id}-base-${baseMerges(state).length + 1}`,
    phase,
    title: 'Base brought in',
    work: {
      kind: 'merge',
      sides: tree_from === null ? [] : [tree_from],
      onto: { from: state.base.id, to: movedBases(state, st)[0]?.base.id ?? state.base.id },
    },
    needs,
    tree_from: null,
    when: null,
    gates: 'full',
    reviewers: wholeReviewers(state, tree_from),
  };
}

/** Everybody who judged the whole change judges it again, in the same order. */
export function wholeReviewers(state: RunState, tree: StepId | null): string[] {
  const judged = [...state.steps.values()]
    .filter(
      ({ step: { work }, status }) => status === 'accepted' && work.kind === 'check' && work.from === 'base',
    )
    .sort((a, b) => a.index - b.index);
  const named = [...new Set(judged.flatMap((each) => requiredReviewers(state, each)))];
  return named.length > 0 || tree === null ? named : requiredReviewers(state, stepOf(state, tree));
}

function sayMoved({ repos }: BaseMoved): string {
  const places = repos.map(
    ({ repo, ref, from, to }) => `${ref} of ${repo} went from ${from.slice(0, 12)} to ${to.slice(0, 12)}`,
  );
  return `${places.join(', ')} while the run worked`;
}

function baseQuestion(st: StepState, moved: BaseMoved, why: string): Question {
  return {
    id: questionId(st, 'base_moved'),
    kind: 'base_moved',
    step: st.step.id,
    text: `${st.step.title} (${st.step.id}, round ${st.round}): ${sayMoved(moved)}. ${why}`,
    options: [...(moved.continues ? [BRING_IN] : []), SUBMIT_ANYWAY, ABORT, ...cleanUpOptions(['roll_back'])],
    binds: st.base,
  };
}

const BRING_IN: QuestionOption = {
  id: 'bring_in',
  label: 'Bring it in',
  impact:
    'It is merged into the change; all gates and the review of the whole change run again on what that makes.',
  takes_text: false,
};
const SUBMIT_ANYWAY: QuestionOption = {
  id: 'submit_anyway',
  label: 'Submit as it was tested',
  impact:
    'The pull requests hold what was reviewed, and say against which base; nobody looks at the base again.',
  takes_text: false,
};

function answerOf(state: RunState, st: StepState): string | null {
  return state.questions.get(questionId(st, 'base_moved'))?.answer?.option ?? null;
}

/** What a person said about it; what is found later is asked about again only after another round. */
export function decideOnBase(state: RunState, st: StepState, option: 'bring_in' | 'submit_anyway'): void {
  st.stage = 'effects';
  st.question = null;
  if (option === 'bring_in') return;
  for (const effect of state.effects.values()) if (effect.step === st.step.id) effect.moved = null;
}
