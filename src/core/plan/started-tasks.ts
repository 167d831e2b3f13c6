/** Which tasks of a plan have begun: a revised plan leaves them as they are. */
import type { StepId } from '../graph.ts';
import { isTaskOf, plannedSteps, type PlannedStep } from './planned.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';

/** Tasks, and merges for them, that a revised plan finds begun: they stay as they are. */
export function startedTasks(state: RunState, planned: PlannedStep): Set<StepId> {
  const tasks = state.graph.steps
    .filter((step) => isTaskOf(planned, step))
    .map((step) => stepOf(state, step.id));
  return new Set(tasks.filter(hasStarted).map((st) => st.step.id));
}

/** Accepted, or at work; a blocked one may be planned anew. */
function hasStarted(st: StepState): boolean {
  if (st.status === 'accepted') return true;
  if (st.step.work.kind !== 'agent') return false;
  return st.status === 'open' && st.blocked === null && (st.output !== null || st.attempts.size > 0);
}

/** The started tasks of every planned step that follows this plan. */
export function startedTasksOf(state: RunState, plan: StepId): Set<StepId> {
  return new Set(plannedSteps(state.graph, plan).flatMap((step) => [...startedTasks(state, step)]));
}
