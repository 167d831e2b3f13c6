/**
 * What comes of pull requests that are ready: their checks and what people with a say ask for. A run that was told to wait looks
 * again and again; what is red is answered in the run itself, under the same gates, reviews and bounds, and pushed to the same branch,
 * until everything is green, the time is up, or a person has to decide.
 */
import type { Command } from '../commands.ts';
import type { Step } from '../graph.ts';
import { effectKey, questionId } from '../keys.ts';
import { ABORT } from '../questions/questions.ts';
import type { Following, Question, QuestionOption } from '../records.ts';
import type { Finding } from '../results.ts';
import type { EffectState, RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import { wholeReviewers } from './base-moved.ts';

/** Where nobody says otherwise. */
export const USUAL_FOLLOWING: Readonly<Following> = {
  for_ms: 30 * 60_000,
  every_ms: 5_000,
  grace_ms: 60_000,
};

export type FollowNext =
  /** Nothing is left to wait for. */
  { kind: 'done' } | { kind: 'look'; repos: string[] } | Extract<Command, { kind: 'record' }>;

/** What to do next about pull requests that are ready in all these repositories. */
export function followNext(state: RunState, st: StepState, repos: readonly string[]): FollowNext {
  const { follow } = state;
  if (follow === null || repos.length === 0 || answerOf(state, st) === 'leave') return { kind: 'done' };
  const known = repos.map((repo) => ({ repo, effect: state.effects.get(effectKey(st, 'follow', repo)) }));
  const open = known.filter(({ effect }) => effect?.confirmed !== true);
  const left = open.filter(({ effect }) => (effect?.followedMs ?? 0) < follow.for_ms);
  if (left.length > 0) return { kind: 'look', repos: left.map(({ repo }) => repo) };
  const findings = known.flatMap(({ effect }) => effect?.followed?.findings ?? []);
  if (findings.length > 0) return { kind: 'record', event: answerOrAsk(state, st, findings) };
  if (open.length === 0) return { kind: 'done' };
  const detail = open.map(({ repo, effect }) => `${repo}: ${effect?.detail ?? ''}`).join('; ');
  return { kind: 'record', event: { type: 'run_paused', reason: 'checks', detail } };
}

type Recorded = Extract<Command, { kind: 'record' }>['event'];

function answerOrAsk(state: RunState, st: StepState, findings: Finding[]): Recorded {
  const why = answerOf(state, st) === 'mend' ? null : whyAsked(state, st);
  if (why !== null) return { type: 'question_asked', question: redQuestion(state, st, { findings, why }) };
  const step = answerStep(state, st);
  return {
    type: 'graph_extended',
    before: st.step.id,
    reason: `${findings.length === 1 ? 'one finding' : `${findings.length} findings`} at the forge: ${findings[0]?.problem ?? ''}`,
    steps: [step],
    dropped: [],
    needs: [...st.step.needs, step.id],
    tree_from: step.id,
    findings: { [step.id]: findings },
  };
}

/** null: another round may help. */
function whyAsked(state: RunState, st: StepState): string | null {
  const before = answersOf(state, st);
  if (before.length >= state.limits.max_rework)
    return `It was answered ${before.length} times, which is as often as a rework is tried.`;
  const last = before.at(-1);
  if (last?.accepted != null && last.accepted.revision === last.base)
    return 'The last answer changed nothing.';
  return null;
}

/** The steps that answered what came from the forge, in order. */
function answersOf(state: RunState, { step }: StepState): StepState[] {
  return [...state.steps.values()]
    .filter((each) => each.step.id.startsWith(`${step.id}-answer-`))
    .sort((a, b) => a.index - b.index);
}

/** Its owners answer, then all gates and everybody who judged the whole change. */
function answerStep(state: RunState, st: StepState): Step {
  const { phase, needs, tree_from } = st.step;
  return {
    id: `${st.step.id}-answer-${answersOf(state, st).length + 1}`,
    phase,
    title: 'Answers to checks and reviews',
    work: { kind: 'check', from: 'base', answers: true },
    needs,
    tree_from,
    when: null,
    gates: 'full',
    reviewers: wholeReviewers(state, tree_from),
  };
}

const MAX_LISTED = 20;

function redQuestion(
  state: RunState,
  st: StepState,
  { findings, why }: { findings: Finding[]; why: string },
): Question {
  const canGoOn = st.budget.continues < state.limits.max_continues;
  const listed = findings
    .slice(0, MAX_LISTED)
    .map(({ repo, file, problem }) => `- ${repo}${file === null ? '' : `/${file}`}: ${problem}`);
  return {
    id: `${questionId(st, 'checks_red')}/${st.budget.continues}`,
    kind: 'checks_red',
    step: st.step.id,
    text: [
      `${st.step.title} (${st.step.id}, round ${st.round}): the pull requests are not green. ${why}`,
      ...listed,
    ].join('\n'),
    options: [...(canGoOn ? [MEND, LOOK_AGAIN] : []), LEAVE, ABORT],
    binds: st.base,
  };
}

const MEND: QuestionOption = {
  id: 'mend',
  label: 'Answer it once more',
  impact:
    'The owners of the findings get another round, then gates and reviews, then the branch goes forward.',
  takes_text: false,
};
const LOOK_AGAIN: QuestionOption = {
  id: 'look_again',
  label: 'Look again',
  impact: 'Nothing is changed; checks and reviews are read anew, as after you had them run again.',
  takes_text: false,
};
const LEAVE: QuestionOption = {
  id: 'leave',
  label: 'Leave it as it is',
  impact: 'The pull requests stay open as they are, and the run ends.',
  takes_text: false,
};

/** Whether a person left it as it is although something is red at the forge. */
export function isLeftRed(state: RunState, st: StepState, repo: string): boolean {
  const { followed = null } = state.effects.get(effectKey(st, 'follow', repo)) ?? {};
  return answerOf(state, st) === 'leave' && (followed?.findings ?? []).length > 0;
}

function answerOf(state: RunState, st: StepState): string | null {
  const asked = state.questions.get(st.question ?? '');
  return asked?.question.kind === 'checks_red' ? (asked.answer?.option ?? null) : null;
}

export function decideOnRed(state: RunState, st: StepState, option: 'mend' | 'look_again' | 'leave'): void {
  st.stage = 'effects';
  if (option === 'leave') return;
  st.budget.continues += 1;
  if (option === 'mend') return;
  st.question = null;
  for (const effect of followsOf(state)) {
    if (effect.step !== st.step.id || (effect.followed?.findings ?? []).length === 0) continue;
    effect.confirmed = false;
    effect.followed = null;
    effect.followedMs = 0;
  }
}

/** null: it no longer waits. */
export function followFor(state: RunState, forMs: number | null): void {
  state.follow = forMs === null ? null : { ...(state.follow ?? USUAL_FOLLOWING), for_ms: forMs };
  waitAnew(state);
}

/** Whoever goes on with a run waits as long again. */
export function waitAnew(state: RunState): void {
  for (const effect of followsOf(state)) if (!effect.confirmed) effect.followedMs = 0;
}

function followsOf(state: RunState): EffectState[] {
  return [...state.effects.values()].filter(({ effect }) => effect === 'follow');
}
