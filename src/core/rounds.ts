/** How a step starts its next round. Budgets never go back: a restart, an answer or a reopening resets none of them. */
import type { StepId } from './graph.ts';
import { contentOf } from './rework.ts';
import type { Stage, StepState } from './state.ts';

/** Where a step of this kind begins. */
export function firstStage(st: StepState): Stage {
  switch (st.step.work.kind) {
    case 'agent':
    case 'merge':
      return 'work';
    case 'check':
      return 'gates';
    case 'submit':
      return 'effects';
  }
}

/** A rework round by these authors: counted, and the refused output remembered. */
export function startRound(st: StepState, authors: StepId[]): void {
  const content = contentOf(st);
  if (content !== null) st.budget.refusedOutputs.add(content);
  st.budget.reworks += 1;
  resetRound(st, authors);
}

/** A new round that costs no rework budget: attempts and failures count afresh. */
export function resetRound(st: StepState, authors: StepId[]): void {
  st.round += 1;
  st.authors = [...authors];
  st.stage = authors.length === 0 ? firstStage(st) : 'work';
  st.attempts = new Map();
  st.failures = new Map();
  st.waited = new Map();
  st.lastFailure = null;
  st.verdicts = new Map();
  st.gates = [];
  st.disputes = [];
  st.blocked = null;
  st.conflict = null;
  st.needs = [];
  st.override = null;
  st.question = null;
  st.askedIn = null;
}
