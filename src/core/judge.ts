/** The judgement of a finished round: accepted, sent back, or a person's. The only place that accepts anything. */
import { approvalQuestion, heldBackPart, isSentBack, missingApproval } from './questions/approvals.ts';
import { routeBlocked } from './review/blocked.ts';
import { isEnginesOwn } from './words.ts';
import { blockedEscalation } from './review/blocker-words.ts';
import type { Command } from './commands.ts';
import type { RunEvent } from './events.ts';
import type { StepId } from './graph.ts';
import { escalate, type Escalation } from './questions/questions.ts';
import { debugExtension } from './plan/debugging.ts';
import { putAsideBefore } from './questions/put-aside.ts';
import { planExtension } from './plan/plan-extension.ts';
import type { Link } from './results.ts';
import {
  blockingFindings,
  derivedFrom,
  loopEnd,
  ownerToReopen,
  reworkAuthors,
  roundsLeft,
} from './review/rework.ts';
import { stepOf, type RunState } from './state.ts';
import type { StepState } from './step-state.ts';
import {
  contentToJudge,
  isIndependent,
  isLinkPassed,
  isOverridden,
  linkToJudge,
  requiredReviewers,
  revisionOf,
} from './review/verdicts.ts';

/** How often one dispute may be upheld before a person decides it. */
const MAX_UPHELD = 2;

export function judge(state: RunState, st: StepState): Command {
  return { kind: 'record', event: judgement(state, st) };
}

function judgement(state: RunState, st: StepState): RunEvent {
  const extension = planExtension(state, st);
  if (extension !== null) return { type: 'graph_extended', ...extension };
  if (st.tooManyFiles !== null) return escalate(state, st, largeChange(state, st.tooManyFiles));
  if (st.blocked !== null)
    return routeBlocked(state, st) ?? escalate(state, st, blockedEscalation(state, st, st.blocked));
  if (st.step.work.kind === 'given') return accept(st, null, null);
  if (isSentBack(state, st)) return sendBackTo(st, reworkAuthors(state, st, []));
  const link = linkToJudge(state, st);
  if (isRoundPassed(state, st, link)) return acceptApproved(state, st, link, null);
  if (isPutAside(state, st, link)) return acceptApproved(state, st, link, st.override);
  const before = isReviewed(state, st, link) && !hasUnexplainedRedGate(st) ? putAsideBefore(state, st) : null;
  if (before !== null) return acceptApproved(state, st, link, before);
  const held = isRedByGatesAlone(state, st, link) ? heldBackPart(state, st) : null;
  if (held !== null) return { type: 'question_asked', question: approvalQuestion(state, st, held) };
  return isToldToGoOn(state, st) ? sendBack(state, st) : sendBackOrAsk(state, st, link);
}

/** Gates and reviewers agree, and nothing blocking is open. */
function isRoundPassed(state: RunState, st: StepState, link: Link | null): boolean {
  if (blockingFindings(st).length > 0 || hasUnexplainedRedGate(st)) return false;
  return isReviewed(state, st, link);
}

function isReviewed(state: RunState, st: StepState, link: Link | null): boolean {
  return link === null || isLinkPassed(state, st, link);
}

/** Reviewers agree, and all that blocks was said by gates that run the configuration of the repository. */
function isRedByGatesAlone(state: RunState, st: StepState, link: Link | null): boolean {
  const red = st.gates.filter((gate) => gate.status === 'fail' || gate.status === 'error');
  const own = red.filter(({ kind }) => !isEnginesOwn(kind) && kind !== 'standard');
  const blocking = blockingFindings(st).every(({ source }) => own.some(({ gate }) => gate === source));
  return own.length > 0 && blocking && isReviewed(state, st, link);
}

/** A red gate blocks, also when it names nothing. */
function hasUnexplainedRedGate(st: StepState): boolean {
  return st.gates.some(
    (gate) => (gate.status === 'fail' || gate.status === 'error') && !gate.findings.some((f) => f.blocking),
  );
}

/** A person's "accept as it is" covers all that was shown; "withdraw" only objections that were disputed. */
function isPutAside(state: RunState, st: StepState, link: Link | null): boolean {
  if (!isOverridden(state, st, st.override, contentToJudge(st))) return false;
  const option = state.questions.get(st.override ?? '')?.answer?.option;
  return option === 'accept' || isWaivedOnly(state, st, link);
}

/** Whether nothing stands in the way of this link but objections that a person put aside. */
function isWaivedOnly(state: RunState, st: StepState, link: Link | null): boolean {
  if (blockingFindings(st).length > 0 || hasUnexplainedRedGate(st)) return false;
  return link === null || requiredReviewers(state, st).every((name) => isWaivedVerdict(state, st, name));
}

function isWaivedVerdict(state: RunState, st: StepState, reviewer: string): boolean {
  const review = st.verdicts.get(reviewer)?.review;
  if (review === undefined || !isIndependent(state, st, reviewer)) return false;
  return review.verdict !== 'fail' || review.findings.some((f) => f.blocking && st.waived.has(f.fingerprint));
}

/** Whether a person who saw this very round asked for another one. */
function isToldToGoOn(state: RunState, st: StepState): boolean {
  const option = state.questions.get(st.question ?? '')?.answer?.option;
  return option === 'continue' || option === 'revise' || option === 'uphold';
}

/** What is as good as accepted waits for the approvals that rules ask for, one after the other. */
function acceptApproved(
  state: RunState,
  st: StepState,
  link: Link | null,
  override: string | null,
): RunEvent {
  const part = missingApproval(state, st, override);
  return part === null
    ? accept(st, link, override)
    : { type: 'question_asked', question: approvalQuestion(state, st, part) };
}

function accept(st: StepState, link: Link | null, override: string | null): RunEvent {
  return {
    type: 'step_accepted',
    step: st.step.id,
    output: st.output,
    revision: revisionOf(st, st.output),
    link,
    override,
  };
}

/** Another round, unless a person has to be asked first. */
function sendBackOrAsk(state: RunState, st: StepState, link: Link | null): RunEvent {
  const disputed = blockingFindings(st).find((f) => (st.budget.upheld.get(f.fingerprint) ?? 0) >= MAX_UPHELD);
  if (disputed !== undefined) {
    return escalate(state, st, {
      kind: 'dispute',
      detail: `the author disputes a finding that the reviewer upheld twice: ${disputed.problem}`,
    });
  }
  const useless = whyUseless(state, st, link);
  if (useless !== null) return escalate(state, st, { kind: 'rework_exhausted', ...useless });
  const owner = ownerToReopen(state, st, blockingFindings(st));
  if (owner !== null && roundsLeft(state, stepOf(state, owner)) <= 0) {
    return escalate(state, st, {
      kind: 'rework_exhausted',
      detail: `${owner}, which owns the finding, has no round left`,
    });
  }
  return sendBack(state, st);
}

/** Why another round by the author could not change the judgement, or null. */
function whyUseless(state: RunState, st: StepState, link: Link | null): Omit<Escalation, 'kind'> | null {
  const stop = loopEnd(state, st);
  if (stop !== null) return { detail: stop.detail, standsStill: stop.kind === 'nothing_moved' };
  const detail = whyNobodyIsLeft(state, st, link);
  return detail === null ? null : { detail };
}

function whyNobodyIsLeft(state: RunState, st: StepState, link: Link | null): string | null {
  const partial = requiredReviewers(state, st).filter((reviewer) => !isIndependent(state, st, reviewer));
  if (partial.length > 0) return `${partial.join(', ')} took part in making what it judged`;
  if (link !== null && requiredReviewers(state, st).length === 0) return 'nobody is named to review this';
  if (isWaivedOnly(state, st, link)) return 'a person put aside what the reviewer still objects to';
  return null;
}

function sendBack(state: RunState, st: StepState): RunEvent {
  const blocking = blockingFindings(st);
  const owner = ownerToReopen(state, st, blocking);
  if (owner !== null) return reopenUpstream(state, st, owner);
  const extension = debugExtension(state, st);
  if (extension !== null) return { type: 'graph_extended', ...extension };
  return sendBackTo(st, reworkAuthors(state, st, blocking.length > 0 ? blocking : st.findings));
}

function sendBackTo(st: StepState, authors: StepId[]): RunEvent {
  const findings = st.findings.map((f) => f.id);
  return { type: 'rework_requested', step: st.step.id, round: st.round + 1, authors, findings };
}

/** The output of an earlier step is at fault: its agent does it again, and everything derived from it is stale. */
function reopenUpstream(state: RunState, st: StepState, owner: StepId): RunEvent {
  const findings = st.findings.filter((f) => f.owner === owner);
  return {
    type: 'step_reopened',
    step: owner,
    reason: `${st.step.id} found: ${findings[0]?.problem ?? ''}`,
    findings,
    stale: derivedFrom(state, owner),
  };
}

function largeChange(state: RunState, files: number): Escalation {
  const detail = `the last invocation changed ${files} files; more than ${state.limits.max_changed_files} need a person's look first`;
  return { kind: 'large_change', detail };
}
