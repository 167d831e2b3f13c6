/** Going back: a step does its work again, and what was derived from it waits for that. Budgets and rounds go on. */
import { writeOff } from '../budget/budget.ts';
import type { EventOf } from '../events.ts';
import { resetRound, startRound } from './rounds.ts';
import { isSettled, openStep, unsettle } from './settling.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import { NO_ENTRIES, NO_MEMBERS, withMembers } from '../small.ts';

export function reopenStep(state: RunState, event: EventOf<'step_reopened'>): void {
  const stale = event.stale.map((id) => stepOf(state, id));
  const st = stepOf(state, event.step);
  const { blocked } = event;
  dropDerived(state, stale);
  if (blocked !== undefined) {
    const { budget } = stepOf(state, blocked.by);
    budget.routed = withMembers(budget.routed, [blocked.reason]);
  }
  if (isSettled(st)) {
    unsettle(state, st);
    st.status = 'open';
    state.open.add(st.step.id);
  }
  st.findings = event.findings;
  startRound(st, [st.step.id]);
  // Stale only because its tree came from a replaced one: none of its needs will settle again.
  for (const each of stale) if (each.openNeeds === 0) openStep(state, each);
}

/** What was derived from something that is done again waits for that, and starts afresh. */
export function dropDerived(state: RunState, stale: StepState[]): void {
  for (const each of stale) makeStale(state, each);
}

/** Its work so far counts no longer: it waits for its turn again. */
export function makeStale(state: RunState, st: StepState): void {
  for (const [key, work] of state.inFlight) {
    if (work.step !== st.step.id) continue;
    state.inFlight.delete(key);
    writeOff(state, key);
  }
  if (st.question !== null) state.openQuestions.delete(st.question);
  if (isSettled(st)) unsettle(state, st);
  state.open.delete(st.step.id);
  st.status = 'pending';
  dropOutput(st);
  resetRound(st, st.step.work.kind === 'agent' ? [st.step.id] : []);
}

function dropOutput(st: StepState): void {
  st.output = null;
  st.findings = [];
  st.writers = NO_MEMBERS;
  st.edits = [];
  st.changedPaths = NO_MEMBERS;
  st.unnamedChanges = false;
  st.concerns = NO_ENTRIES;
  st.unreadChanges = false;
  st.size = null;
  st.covers = [];
  st.confirmed = NO_ENTRIES;
}
