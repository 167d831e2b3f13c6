/** Going back: a step does its work again, and what was derived from it waits for that. Budgets and rounds go on. */
import type { EventOf } from './events.ts';
import type { StepId } from './graph.ts';
import { branchRoot } from './rework.ts';
import { resetRound, startRound } from './rounds.ts';
import { isSettled, openStep, unsettle } from './settling.ts';
import { stepOf, type RunState, type StepState } from './state.ts';

export function reopenStep(state: RunState, event: EventOf<'step_reopened'>): void {
  const stale = event.stale.map((id) => stepOf(state, id));
  const st = stepOf(state, event.step);
  const first = event.base === null ? null : winnerOver(state, st, stale);
  for (const each of stale) makeStale(state, each);
  if (isSettled(st)) {
    unsettle(state, st);
    st.status = 'open';
    state.open.add(st.step.id);
  }
  if (event.base === null) {
    st.findings = event.findings;
    startRound(st, [st.step.id]);
  } else {
    dropOutput(st);
    st.baseOverride = event.base;
    st.base = event.base;
    yieldTo(state, st, first);
    resetRound(st, [st.step.id]);
  }
  // Stale only because its tree came from a replaced one: none of its needs will settle again.
  for (const each of stale) if (each.openNeeds === 0) openStep(state, each);
}

function makeStale(state: RunState, st: StepState): void {
  for (const [key, work] of state.inFlight) if (work.step === st.step.id) state.inFlight.delete(key);
  if (st.question !== null) state.openQuestions.delete(st.question);
  if (isSettled(st)) unsettle(state, st);
  state.open.delete(st.step.id);
  st.status = 'pending';
  dropOutput(st);
  st.baseOverride = null;
  yieldTo(state, st, null);
  resetRound(st, st.step.work.kind === 'agent' ? [st.step.id] : []);
}

/** The side that a colliding branch has to build on, as the waiting merge says. */
function winnerOver(state: RunState, st: StepState, stale: StepState[]): StepId | null {
  for (const merge of stale) {
    const { conflict } = merge;
    if (conflict !== null && branchRoot(state, merge, conflict.second) === st) return conflict.first;
  }
  return null;
}

function yieldTo(state: RunState, st: StepState, first: StepId | null): void {
  if (st.yieldedTo !== null) state.yielded.get(st.yieldedTo)?.delete(st.step.id);
  st.yieldedTo = first;
  if (first === null) return;
  const list = state.yielded.get(first) ?? new Set();
  state.yielded.set(first, list.add(st.step.id));
}

function dropOutput(st: StepState): void {
  st.output = null;
  st.findings = [];
  st.writers = new Set();
  st.changedPaths = new Set();
  st.unnamedChanges = false;
  st.concerns = new Map();
  st.unreadChanges = false;
}
