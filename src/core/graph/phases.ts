/** What the state knows of phases: started, summed up, and whether the workflow pauses behind one. */
import type { PhaseId } from '../graph.ts';
import type { RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';

/** The question that is asked behind a phase: once, also where the phase is done again. */
export const pauseId = (phase: PhaseId): string => `pause/${phase}`;

export function startPhase(state: RunState, id: PhaseId): void {
  const phase = state.phases.get(id);
  if (phase !== undefined) phase.started = true;
  state.currentPhase = id;
}

export function completePhase(state: RunState, id: PhaseId): void {
  const phase = state.phases.get(id);
  if (phase !== undefined) phase.completed = true;
  state.phasesToSum = state.phasesToSum.filter((other) => other !== id);
  const last = state.graph.phases.at(-1)?.id === id;
  if (state.graph.pause === 'each_phase' && !last && !state.questions.has(pauseId(id)))
    state.phasesToPause.push(id);
}

export function pauseAsked(state: RunState, questionId: string): void {
  state.phasesToPause = state.phasesToPause.filter((id) => pauseId(id) !== questionId);
}

export function countSettled(state: RunState, st: StepState): void {
  const phase = state.phases.get(st.step.phase);
  if (phase === undefined) return;
  phase.unsettled -= 1;
  if (phase.unsettled === 0) state.phasesToSum.push(phase.id);
}

export function countUnsettled(state: RunState, st: StepState): void {
  const phase = state.phases.get(st.step.phase);
  if (phase === undefined) return;
  phase.unsettled += 1;
  phase.completed = false;
  state.phasesToSum = state.phasesToSum.filter((id) => id !== phase.id);
}
