/** Opening steps and settling them: whoever waited for a step that settles is looked at, and nobody else. */
import { letThrough, missingApproval } from '../questions/approvals.ts';
import type { EventOf } from '../events.ts';
import { noteEffort } from '../conditions/efforts.ts';
import { factsAfter } from '../conditions/facts.ts';
import type { StepId } from '../graph.ts';
import { ontoOf, startsFrom } from '../graph/bases.ts';
import { countSettled, countUnsettled } from '../graph/phases.ts';
import { firstStage } from './rounds.ts';
import { stepOf, type RunState } from '../state.ts';
import type { SkippedBy, StepState } from '../step-state.ts';
import { contentToJudge, isLinkPassed, isOverridden, linkToJudge, revisionOf } from './verdicts.ts';
import { NO_ENTRIES } from '../small.ts';

export function openStep(state: RunState, st: StepState): void {
  st.status = 'open';
  st.stage = st.step.when === null ? firstStage(st) : 'select';
  st.base = ontoOf(st.step.work)?.to ?? inheritedRevision(state, startsFrom(st.step));
  state.open.add(st.step.id);
}

/** The revision that a settled step hands on; where the run started, where there is none upstream. */
function inheritedRevision(state: RunState, from: StepId | null): string {
  return from === null ? state.origin.id : (stepOf(state, from).accepted?.revision ?? state.origin.id);
}

function settle(state: RunState, st: StepState): void {
  st.facts = factsAfter(state, st);
  state.open.delete(st.step.id);
  state.unsettled -= 1;
  for (const id of state.dependents.get(st.step.id) ?? []) {
    const dependent = stepOf(state, id);
    dependent.openNeeds -= 1;
    if (dependent.openNeeds === 0 && dependent.status === 'pending') openStep(state, dependent);
  }
  countSettled(state, st);
}

/** Takes a settled step back: what needs it waits again. */
export function unsettle(state: RunState, st: StepState): void {
  st.facts = null;
  st.accepted = null;
  state.unsettled += 1;
  for (const id of state.dependents.get(st.step.id) ?? []) stepOf(state, id).openNeeds += 1;
  countUnsettled(state, st);
}

export function isSettled(st: StepState): boolean {
  return st.status === 'accepted' || st.status === 'skipped';
}

export function skipStep(state: RunState, st: StepState, reason: string, by: SkippedBy = 'condition'): void {
  if (st.status !== 'open') return;
  st.skippedBy = by;
  st.status = 'skipped';
  st.skipReason = reason;
  st.accepted = { output: null, revision: st.base, override: null };
  settle(state, st);
}

/** Settles a step before its turn: nothing waits for it any more, and what came before it passes on. */
export function dropStep(state: RunState, st: StepState, reason: string): void {
  if (isSettled(st)) return;
  if (st.status === 'pending') st.base = inheritedRevision(state, startsFrom(st.step));
  st.status = 'open';
  skipStep(state, st, reason, 'plan');
}

/** Believes no event: an output counts only when the verdicts (or a person's override) in this state say so. */
export function acceptStep(state: RunState, st: StepState, event: EventOf<'step_accepted'>): void {
  if (!isAcceptable(state, st, event.override)) return;
  const revision = revisionOf(st, st.output);
  state.reviewed.add(revision);
  letThrough(state, revision);
  st.status = 'accepted';
  st.accepted = { output: st.output, revision, override: event.override };
  st.verdicts = NO_ENTRIES;
  noteEffort(state, st);
  settle(state, st);
}

function isAcceptable(state: RunState, st: StepState, override: string | null): boolean {
  if (st.status !== 'open' || !state.reviewed.has(st.base)) return false;
  if (st.step.work.kind === 'agent' && st.output === null) return false;
  if (st.step.work.kind === 'given') return st.output !== null; // a person's: recorded as theirs at the start
  if (missingApproval(state, st, override) !== null) return false;
  const link = linkToJudge(state, st);
  if (link === null) return true;
  if (isOverridden(state, st, override, contentToJudge(st))) return true;
  return isLinkPassed(state, st, link);
}
