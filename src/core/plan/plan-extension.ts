/** When a plan is accepted, or accepted anew, its tasks become steps of the graph. */
import { planOf } from './extending.ts';
import type { StepId } from '../graph.ts';
import { expandPlan, type Extension } from './planned.ts';
import type { PlannedTask } from '../results.ts';
import { startedTasks } from './started-tasks.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';

/** Plans that were accepted anew: their tasks are told at once, before one of the old plan starts. */
export function revisedPlans(state: RunState): Extension[] {
  return state.plannedSteps.flatMap((id) => {
    const st = stepOf(state, id);
    const { work } = st.step;
    if (st.extendedBy === null || work.kind !== 'planned') return [];
    return stepOf(state, work.plan).status === 'accepted' ? (planExtension(state, st) ?? []) : [];
  });
}

/** What a planned step has to add before it can be judged, or null. */
export function planExtension(state: RunState, st: StepState): Extension | null {
  const { work } = st.step;
  if (work.kind !== 'planned' || st.extendedBy === planOf(state, work.plan)) return null;
  const planned = { ...st.step, work };
  const plan = stepOf(state, work.plan);
  const kept = startedTasks(state, planned);
  const tasks = plan.accepted?.output == null ? [] : withStarted(state, kept, plan.tasks);
  return changesOnly(state, expandPlan(state.graph, planned, tasks, kept));
}

/** What has begun stays in the plan as it is, whatever a revision says of it. */
function withStarted(state: RunState, kept: ReadonlySet<StepId>, tasks: PlannedTask[]): PlannedTask[] {
  const begun = state.graph.steps.flatMap((step) =>
    kept.has(step.id) && step.task !== undefined ? [step.task] : [],
  );
  const ids = new Set(begun.map((task) => task.id));
  return [...begun, ...tasks.filter((task) => !ids.has(task.id))];
}

/** A merge or a task that the new plan leaves as it was is not begun again. */
function changesOnly(state: RunState, extension: Extension): Extension {
  const known = new Map(state.graph.steps.map((step) => [step.id, JSON.stringify(step)]));
  return {
    ...extension,
    steps: extension.steps.filter((step) => known.get(step.id) !== JSON.stringify(step)),
  };
}
