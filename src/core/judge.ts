/** The judgement of a finished round: accepted, sent back, or a person's. The only place that accepts anything. */
import type { Command } from './commands.ts';
import type { RunEvent } from './events.ts';
import { escalationQuestion, type Escalation } from './questions.ts';
import { artifactOwner, blockingFindings, derivedFrom, loopEnd, reworkAuthors } from './rework.ts';
import { stepOf, type RunState, type StepState } from './state.ts';
import { isIndependent, isLinkPassed, isOverridden, linkToJudge, revisionOf } from './verdicts.ts';

/** How often one dispute may be upheld before a person decides it. */
const MAX_UPHELD = 2;

export function judge(state: RunState, st: StepState): Command {
  return { kind: 'record', event: judgement(state, st) };
}

function judgement(state: RunState, st: StepState): RunEvent {
  if (st.conflict !== null) return answerConflict(state, st, st.conflict);
  if (st.blocked !== null) return ask(state, st, blockedEscalation(st.blocked));
  const link = linkToJudge(state, st);
  const blocking = blockingFindings(st);
  if (link === null && blocking.length === 0) return accept(st, null, null);
  if (link !== null && isOverridden(state, st.override, link) && mayOverride(st, blocking.length))
    return accept(st, link, st.override);
  if (link !== null && blocking.length === 0 && isLinkPassed(state, st, link)) return accept(st, link, null);
  if (blocking.length === 0)
    return ask(state, st, { kind: 'rework_exhausted', detail: whyNotPassed(state, st) });
  return sendBack(state, st);
}

/** "Accept as it is" covers everything that was shown; "withdraw" only the disputed findings. */
function mayOverride(st: StepState, blocking: number): boolean {
  return blocking === 0 || st.waived.size === 0;
}

function accept(st: StepState, link: { from: string; to: string } | null, override: string | null): RunEvent {
  return {
    type: 'step_accepted',
    step: st.step.id,
    output: st.output,
    revision: revisionOf(st, st.output),
    link,
    override,
  };
}

function sendBack(state: RunState, st: StepState): RunEvent {
  const blocking = blockingFindings(st);
  const disputed = blocking.find((f) => (st.budget.upheld.get(f.fingerprint) ?? 0) >= MAX_UPHELD);
  if (disputed !== undefined && st.budget.continues === 0) {
    return ask(state, st, {
      kind: 'dispute',
      detail: `the author disputes a finding that the reviewer upheld twice: ${disputed.problem}`,
    });
  }
  const stop = loopEnd(state, st);
  if (stop !== null)
    return ask(state, st, { kind: 'rework_exhausted', detail: `${stop.kind}: ${stop.detail}` });
  const upstream = artifactOwner(state, st, blocking);
  if (upstream !== null) return reopenUpstream(state, st, upstream);
  return {
    type: 'rework_requested',
    step: st.step.id,
    round: st.round + 1,
    authors: reworkAuthors(state, st, blocking),
    findings: st.findings.map((f) => f.id),
  };
}

/** The artifact of an earlier step is at fault: its agent does it again, and everything derived from it is stale. */
function reopenUpstream(state: RunState, st: StepState, owner: string): RunEvent {
  const upstream = stepOf(state, owner);
  const findings = st.findings.filter((f) => f.owner === owner);
  if (upstream.budget.reworks >= state.limits.max_rework + upstream.budget.extraRounds) {
    return ask(state, st, {
      kind: 'rework_exhausted',
      detail: `rounds_used: ${owner}, which owns the finding, has no round left`,
    });
  }
  const reason = `${st.step.id} found: ${findings[0]?.problem ?? ''}`;
  return {
    type: 'step_reopened',
    step: owner,
    reason,
    findings,
    base: null,
    stale: derivedFrom(state, owner),
  };
}

/** Nothing is resolved by force: the second one does its work again on the first one's accepted tree. */
function answerConflict(
  state: RunState,
  st: StepState,
  conflict: NonNullable<StepState['conflict']>,
): RunEvent {
  const sides = st.step.work.kind === 'merge' ? st.step.work.sides.length : 0;
  const first = stepOf(state, conflict.first).accepted?.revision;
  if (first === undefined || st.budget.conflicts > sides * sides) {
    return ask(state, st, {
      kind: 'blocked',
      detail: `parallel changes keep colliding in ${conflict.paths.join(', ')}`,
    });
  }
  const reason = `${conflict.first} and ${conflict.second} changed the same lines of ${conflict.paths.join(', ')}: done again one after the other`;
  return {
    type: 'step_reopened',
    step: conflict.second,
    reason,
    findings: [],
    base: first,
    stale: derivedFrom(state, conflict.second),
  };
}

function blockedEscalation(blocked: NonNullable<StepState['blocked']>): Escalation {
  return blocked.reason === 'clarification'
    ? { kind: 'clarification', detail: `the agent asks: ${blocked.detail}` }
    : { kind: 'blocked', detail: `the agent is blocked (${blocked.reason}): ${blocked.detail}` };
}

/** No blocking finding and yet no gapless verdict: fails closed, with the reason. */
function whyNotPassed(state: RunState, st: StepState): string {
  const dependent = st.step.reviewers.filter((reviewer) => !isIndependent(state, st, reviewer));
  if (dependent.length > 0) return `${dependent.join(', ')} took part in making what it judged`;
  return 'no verdict passes exactly this content';
}

function ask(state: RunState, st: StepState, escalation: Escalation): RunEvent {
  return { type: 'question_asked', question: escalationQuestion(state, st, escalation) };
}
