/**
 * Where a blocked agent's reason leads: to the step whose work it needs done again, once for each reason, or to a person.
 * The table is the workflow's; without an entry, and always for what nobody but a person may decide, it is a person.
 */
import type { EventOf } from '../events.ts';
import { phaseOf, type StepId } from '../graph.ts';
import { findingPrefix } from '../keys.ts';
import type { Blocked, Finding } from '../results.ts';
import { derivedFrom, isAcceptedUpstream, roundsLeft } from './rework.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import type { BlockedReason } from '../words.ts';

/** No table leads these past a person. */
const ALWAYS_A_PERSON: readonly BlockedReason[] = ['security_concern', 'out_of_scope'];

/** The step that does its work again because of this blocker; null: a person is asked. */
export function routeBlocked(state: RunState, st: StepState): EventOf<'step_reopened'> | null {
  const { blocked } = st;
  if (blocked === null || blocked.reason === 'clarification') return null;
  const { reason } = blocked;
  const target = state.graph.blocked?.[reason] ?? phaseOf(state.graph, st.step)?.blocked?.[reason];
  if (target === undefined || ALWAYS_A_PERSON.includes(reason) || st.budget.routed.has(reason)) return null;
  if (state.steps.get(target)?.step.work.kind !== 'agent' || !isAcceptedUpstream(state, st, target))
    return null;
  if (roundsLeft(state, stepOf(state, target)) <= 0) return null;
  return {
    type: 'step_reopened',
    step: target,
    reason: `${st.step.id} is blocked (${reason}): ${blocked.detail}`,
    findings: [blockerFinding(st, { ...blocked, reason }, target)],
    stale: derivedFrom(state, target),
    blocked: { by: st.step.id, reason },
  };
}

function blockerFinding(st: StepState, blocked: Blocked, owner: StepId): Finding {
  const tried = blocked.attempted.length === 0 ? '' : ` It tried: ${blocked.attempted.join('; ')}.`;
  return {
    id: `${findingPrefix(st, 'blocked')}/1`,
    fingerprint: `blocked/${st.step.id}/${blocked.reason}`,
    source: st.step.id,
    severity: 'major',
    blocking: true,
    repo: null,
    file: null,
    line: null,
    problem: `${st.step.id} cannot go on (${blocked.reason}): "${blocked.detail}"${tried}`,
    fix: 'Give it in your own result what it needs to go on.',
    owner,
  };
}
