/** Whether the tasks of a plan can become steps: the graph with them passes the same proof as a workflow. */
import type { Graph, StepId } from '../core/graph.ts';
import { clampLimits } from '../core/limits.ts';
import { sortByNeeds } from '../core/graph/order.ts';
import { expandPlan, plannedSteps, type Extension } from '../core/plan/planned.ts';
import type { PlannedTask } from '../core/results.ts';
import { findGraphFaults } from './check-graph.ts';
import { showValue } from './diagnose.ts';
import { nearest } from './nearest.ts';

/** What a plan is checked against where its tasks become steps. */
export interface PlanFacts {
  graph: Graph;
  /** The step that hands in the plan. */
  plan: StepId;
  /** Tasks of the revision before that have started: they stay as they are. */
  started: PlannedTask[];
  /** Invocations that the run has left, reviews included. */
  invocationsLeft: number;
}

/** More tasks than the run takes, or than it has invocations for. Looks at how many there are, and at nothing else. */
export function tooManyTasks(tasks: readonly { id: string }[], facts: PlanFacts): string[] {
  const planned = plannedSteps(facts.graph, facts.plan);
  if (planned.length === 0) return [];
  const { max_tasks } = clampLimits(facts.graph.limits);
  if (tasks.length > max_tasks) {
    return [
      `plan.tasks has ${tasks.length} tasks: at most ${max_tasks} can become steps in this run (its limit max_tasks); bring small ones together, or plan a part of the request`,
    ];
  }
  const started = new Set(facts.started.map((task) => task.id));
  const open = tasks.filter((task) => !started.has(task.id)).length;
  const fewest = Math.min(...planned.map((step) => open * (1 + step.reviewers.length)));
  if (fewest <= facts.invocationsLeft) return [];
  return [
    `plan.tasks: ${open} tasks take at least ${fewest} invocations with their reviews, and the run has ${facts.invocationsLeft} left (its limit max_invocations); plan fewer tasks`,
  ];
}

/** Every reason why these tasks cannot be carried out, as sentences for the planner. Names and cycles are checked before. */
export function taskProblems(tasks: readonly PlannedTask[], facts: PlanFacts): string[] {
  const planned = plannedSteps(facts.graph, facts.plan);
  if (planned.length === 0) return [];
  const problems = [
    ...planned.flatMap((step) => agentProblems(tasks, step.work.agents)),
    ...alwaysThere(tasks),
    ...startedProblems(tasks, facts.started),
  ];
  if (problems.length > 0) return problems;
  return planned.flatMap((step) => graphProblems(facts.graph, expandPlan(facts.graph, step, tasks)));
}

function agentProblems(tasks: readonly PlannedTask[], agents: readonly string[]): string[] {
  return tasks.flatMap(({ agent }, index) => {
    if (agents.includes(agent)) return [];
    const near = nearest(agent, agents);
    const hint = near === null ? `it must be one of ${agents.join(', ')}` : `did you mean ${near}?`;
    return [`plan.tasks[${index}].agent is ${showValue(agent)}: ${hint}`];
  });
}

/** Who may be given a task: whom every planned step of the workflow takes. */
export function plannedAgents({ graph, plan }: Pick<PlanFacts, 'graph' | 'plan'>): string[] {
  const [first = [], ...rest] = plannedSteps(graph, plan).map((step) => step.work.agents);
  return [...new Set(first)].filter((agent) => rest.every((agents) => agents.includes(agent)));
}

/** Tests and documentation are always part of a plan. */
export const DEMANDED_CATEGORIES = ['quality', 'documentation'] as const;

function alwaysThere(tasks: readonly PlannedTask[]): string[] {
  return DEMANDED_CATEGORIES.filter((category) => !tasks.some((task) => task.category === category)).map(
    (category) => `plan.tasks: no task is of the category ${category}; every plan has one`,
  );
}

function startedProblems(tasks: readonly PlannedTask[], started: readonly PlannedTask[]): string[] {
  return started.flatMap((before) => {
    const now = tasks.find((task) => task.id === before.id);
    if (now !== undefined && JSON.stringify(now) === JSON.stringify(before)) return [];
    return [
      `plan.tasks: ${before.id} has started and ${now === undefined ? 'is missing' : 'was changed'}; a revision may change only tasks that have not`,
    ];
  });
}

function graphProblems(graph: Graph, extension: Extension): string[] {
  const added = new Set(extension.steps.map((step) => step.id));
  const rest = graph.steps.filter((step) => !added.has(step.id));
  const clash = rest.find((step) => step.planned_by === undefined && added.has(step.id));
  if (clash !== undefined) return [`plan.tasks: ${clash.id} is the id of another step`];
  const at = rest.findIndex((step) => step.id === extension.before);
  const joined = rest.map((step) =>
    step.id === extension.before ? { ...step, needs: extension.needs, tree_from: extension.tree_from } : step,
  );
  const steps = sortByNeeds(joined.toSpliced(at, 0, ...extension.steps));
  const phases = graph.phases.map((phase) => ({
    ...phase,
    steps: steps.filter((step) => step.phase === phase.id).map((step) => step.id),
  }));
  return findGraphFaults({ ...graph, phases, steps }, Object.keys(graph.agents)).map(
    (fault) => `plan.tasks: ${fault.code} ${fault.message}`,
  );
}
