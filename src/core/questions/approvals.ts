/**
 * Approvals: a part of a change that a rule names is accepted only when a person approved exactly that part. The
 * engine measures parts against the run's base; what is approved is their hash, so that any change asks anew.
 */
import { isEnginesOwn } from '../words.ts';
import type { Question, QuestionOption } from '../records.ts';
import type { ApprovalPart, RevisionId } from '../results.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import { revisionOf } from '../review/verdicts.ts';

/** The rule of the files that steer pipelines, agents and gates. A rule of this id can add paths or refuse them all. */
export const PROTECTED_RULE = 'protected';
/** The rule of packages that run scripts or come from elsewhere. A rule of this id can add paths or refuse them all. */
export const DEPENDENCIES_RULE = 'dependencies';
/** What these name is kept from the gates until a person approved it. */
const HELD_RULES: readonly string[] = [PROTECTED_RULE, DEPENDENCIES_RULE];

/** How many paths a question lists; the diff has them all. */
const MAX_LISTED = 30;

export function keepParts(state: RunState, revision: RevisionId, parts: ApprovalPart[] | undefined): void {
  if (parts !== undefined && parts.length > 0) state.parts.set(revision, parts);
}

/**
 * The first part of the step's tree that nobody approved; null: nothing stands in the way. A part that its rule
 * refuses cannot be approved: only a person's override of the whole content lets it through.
 */
export function missingApproval(
  state: RunState,
  st: StepState,
  override: string | null,
): ApprovalPart | null {
  const parts = state.parts.get(revisionOf(st, st.output)) ?? [];
  return parts.find((part) => !state.approved.has(part.hash) && !(part.refused && override !== null)) ?? null;
}

/**
 * The first part that the gates held back and that has nobody's approval yet. Where they are red besides, the change may
 * need its own configuration or packages to be green: then a person is asked before anybody works on findings that are none.
 */
export function heldBackPart(state: RunState, st: StepState): ApprovalPart | null {
  if (!st.gates.some((gate) => (gate.held_back ?? []).length > 0)) return null;
  const parts = state.parts.get(revisionOf(st, st.output)) ?? [];
  const open = parts.filter(({ rule, hash }) => HELD_RULES.includes(rule) && !state.approved.has(hash));
  return open.find(({ refused }) => !refused) ?? null;
}

/** Whether a person approved exactly what this revision makes of the files that steer gates. */
export function isConfigApproved(state: RunState, revision: RevisionId): boolean {
  return isPartApproved(state, revision, PROTECTED_RULE);
}

/** Whether a person approved exactly the packages of this revision that have to be approved. */
export function areDependenciesApproved(state: RunState, revision: RevisionId): boolean {
  return isPartApproved(state, revision, DEPENDENCIES_RULE);
}

function isPartApproved(state: RunState, revision: RevisionId, rule: string): boolean {
  const held = state.parts.get(revision)?.find((part) => part.rule === rule);
  return held !== undefined && state.approved.has(held.hash);
}

/** Whether the last pass of gates held back what was approved just now: it has to run again, with the change's own. */
function wasHeldBack(state: RunState, st: StepState, hash: string | null): boolean {
  const parts = state.parts.get(revisionOf(st, st.output)) ?? [];
  const isHeld = st.gates.some((gate) => (gate.held_back ?? []).length > 0);
  return isHeld && parts.some((part) => HELD_RULES.includes(part.rule) && part.hash === hash);
}

/** What a person's override let through stays so in later steps while it is unchanged, like what was approved. */
export function letThrough(state: RunState, revision: RevisionId): void {
  for (const part of state.parts.get(revision) ?? []) state.approved.add(part.hash);
}

/** Its id begins with the hash of the part; the round stands in it because a part may be sent back and come again. */
export function approvalQuestion(state: RunState, st: StepState, part: ApprovalPart): Question {
  const id = `${part.hash.slice(0, 12)}/${st.step.id}/r${st.round}`;
  const more = part.paths.length - MAX_LISTED;
  const may = part.refused ? 'may not be changed' : 'needs your approval';
  return {
    id,
    kind: 'approval',
    step: st.step.id,
    text: [
      `${part.title} ${may} (rule ${part.rule}). ${st.step.title} (${st.step.id}, round ${st.round}) leaves against the base:`,
      ...part.paths.slice(0, MAX_LISTED).map((path, at) => {
        const reason = part.reasons?.[at] ?? null;
        return reason === null ? `- ${path}` : `- ${path} (${reason})`;
      }),
      ...(more > 0 ? [`… and ${more} more`] : []),
      ...gatesBefore(st, part),
      `See it: baton diff ${state.runId} ${id}`,
    ].join('\n'),
    options: approvalOptions(state, st, part),
    binds: part.hash,
  };
}

/** What approving it does to gates that are red, or were not run. */
function gatesBefore(st: StepState, part: ApprovalPart): string[] {
  const own = st.gates.filter(({ kind }) => !isEnginesOwn(kind));
  if (part.rule === DEPENDENCIES_RULE) return own.some(({ status }) => status === 'error') ? [NOT_RUN] : [];
  return own.some(({ status }) => status === 'fail') ? [RAN_WITH_BASE] : [];
}

function approvalOptions(state: RunState, st: StepState, part: ApprovalPart): QuestionOption[] {
  const canSendBack = st.budget.continues < state.limits.max_continues;
  return [...(part.refused ? [] : [APPROVE]), ...(canSendBack ? [SEND_BACK] : []), STOP];
}

const RAN_WITH_BASE =
  'Some gates are red. They ran with the version of the base; once you approve, they run with this one.';
const NOT_RUN =
  'The gates of the repository were not run: nothing of this is installed before you approve. Then they run.';
const APPROVE: QuestionOption = {
  id: 'approve',
  label: 'Approve',
  impact: 'Recorded as your approval of exactly this part; if it changes, you are asked again.',
  takes_text: true,
};
const SEND_BACK: QuestionOption = {
  id: 'reject',
  label: 'Send back',
  impact: 'Your words go to the agent as guidance, which does it again.',
  takes_text: true,
};
const STOP: QuestionOption = {
  id: 'abort',
  label: 'Stop the run',
  impact: 'The run ends as cancelled; reviewed work is kept under refs/baton, nothing is submitted.',
  takes_text: false,
};

/** Who asks for the same part has the answer with it. Gates that held it back run again. */
export function approve(state: RunState, question: Question): void {
  if (question.kind !== 'approval' || question.binds === null) return;
  state.approved.add(question.binds);
  if (question.step !== null) goOnApproved(state, stepOf(state, question.step), question.binds);
  for (const id of state.openQuestions) {
    const other = state.questions.get(id)?.question;
    if (other?.kind !== 'approval' || other.binds !== question.binds || other.step === null) continue;
    state.openQuestions.delete(id);
    goOnApproved(state, stepOf(state, other.step), question.binds);
  }
}

function goOnApproved(state: RunState, st: StepState, hash: string): void {
  st.stage = wasHeldBack(state, st, hash) ? 'gates' : 'judge';
}

/** Whether the person who was asked for this round's approval sent the work back. */
export function isSentBack(state: RunState, st: StepState): boolean {
  const asked = state.questions.get(st.question ?? '');
  return asked?.question.kind === 'approval' && asked.answer?.option === 'reject';
}
