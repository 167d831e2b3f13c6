/** Every accepted plan of a run, the replaced ones beside the one in force, and what became of its tasks. */
import type { StepId } from '../../../core/graph.ts';
import { acceptedPlans } from '../accepted-plans.ts';
import type { RunHistory } from '../history.ts';
import type { StepProgress } from '../status-document.ts';
import { partIn, textIn, textsIn, type Bodies } from './accepted-bodies.ts';
import { stateOfStep } from './progress-states.ts';

export interface PlanRevision {
  /** From 1, in the order of acceptance. */
  revision: number;
  step: string;
  accepted_at: string;
  artifact: string;
  summary: string;
  in_force: boolean;
  analysis: string;
  tasks: PlanTask[];
  risks: string[];
  rollback: string[];
  success_criteria: string[];
  estimate: string;
}

export interface PlanTask {
  id: string;
  agent: string;
  description: string;
  depends_on: string[];
  output: string;
  /** Empty where the plan does not say. */
  category: string;
  plan_phase: string;
  blocking: boolean;
  /** The step that carries it out; null: the workflow names no step of its own for it. */
  step: string | null;
  state: StepProgress | null;
  /** Where there is no such step: those behind the plan in which its agent works. */
  agent_steps: { step: string; state: StepProgress }[];
  /** Why it was passed over or given up; empty where it was not. */
  reason: string;
}

export function planRevisions(history: RunHistory, bodies: Bodies): PlanRevision[] {
  return acceptedPlans(history).map(({ step, at, output, in_force }, index) => {
    const plan = partIn(bodies.get(output.artifact), 'plan');
    return {
      revision: index + 1,
      step,
      accepted_at: at,
      artifact: output.artifact,
      summary: output.summary,
      in_force,
      analysis: textIn(plan, 'analysis'),
      tasks: tasksOf(history, plan, in_force ? step : null),
      risks: textsIn(plan, 'risks'),
      rollback: textsIn(plan, 'rollback'),
      success_criteria: textsIn(plan, 'success_criteria'),
      estimate: textIn(plan, 'estimate'),
    };
  });
}

function tasksOf(
  history: RunHistory,
  plan: Record<string, unknown> | undefined,
  inForceBy: StepId | null,
): PlanTask[] {
  const stored: unknown = plan?.['tasks'];
  const tasks: unknown[] = Array.isArray(stored) ? stored : [];
  return tasks.flatMap((task): PlanTask[] => {
    const body = partIn({ task }, 'task');
    const id = textIn(body, 'id');
    const agent = textIn(body, 'agent');
    const step =
      inForceBy === null ? undefined : history.state.graph.steps.find((each) => each.task?.id === id);
    return [
      {
        id,
        agent,
        description: textIn(body, 'description'),
        depends_on: textsIn(body, 'depends_on'),
        output: textIn(body, 'output'),
        category: textIn(body, 'category'),
        plan_phase: textIn(body, 'plan_phase'),
        blocking: body?.['blocking'] !== false,
        step: step?.id ?? null,
        state: step === undefined ? null : stateOfStep(history, step.id),
        agent_steps: step === undefined && inForceBy !== null ? agentSteps(history, inForceBy, agent) : [],
        reason: history.state.steps.get(step?.id ?? '')?.skipReason ?? '',
      },
    ];
  });
}

/** Steps of the workflow's own that this agent works in, behind the plan's. */
function agentSteps(history: RunHistory, plan: StepId, agent: string): PlanTask['agent_steps'] {
  const { steps } = history.state.graph;
  return steps
    .slice(steps.findIndex(({ id }) => id === plan) + 1)
    .filter(({ work, task }) => work.kind === 'agent' && work.agent === agent && task === undefined)
    .map(({ id }) => ({ step: id, state: stateOfStep(history, id) }));
}
