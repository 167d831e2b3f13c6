/** Cutting a graph at its plan: everything up to it (`baton plan`), or everything behind it (`--plan`). */
import type { Graph, Step } from '../graph.ts';
import { reach } from './ancestors.ts';

/** The step that hands in the plan; null: the workflow has none. */
export function planStepOf(graph: Graph): Step | null {
  return graph.steps.find(({ work }) => handsInPlan(work)) ?? null;
}

function handsInPlan(work: Step['work']): boolean {
  return (work.kind === 'agent' || work.kind === 'given') && work.output === 'plan';
}

/**
 * The graph up to its plan, and nothing behind it; null where no agent makes one. Ways to the change that need no plan
 * are left out: who asks for a plan alone wants nothing changed. The whole graph stays as what the plan is for.
 */
export function untilPlan(graph: Graph): Graph | null {
  const plan = planStepMade(graph);
  if (plan === null) return null;
  const known = new Map(graph.steps.map((step) => [step.id, step]));
  const kept = reach([plan.id], (id) => known.get(id)?.needs ?? []);
  const ways = graph.steps.filter((step) => kept.has(step.id) && isOtherWay(step));
  const gone = new Set(ways.map((step) => step.id));
  const cut = withSteps(
    graph,
    graph.steps.filter((step) => kept.has(step.id) && !gone.has(step.id)).map((step) => without(step, gone)),
  );
  return { ...cut, plan_for: graph };
}

/** The first step whose agent makes a plan. */
export function planStepMade(graph: Graph): Step | null {
  return graph.steps.find(({ work }) => work.kind === 'agent' && work.output === 'plan') ?? null;
}

/** Changes files in some cases only: another way to the change, for a smaller effort say. */
function isOtherWay({ work, when }: Step): boolean {
  return work.kind === 'agent' && work.changes !== 'forbidden' && when !== null;
}

/**
 * The graph with a person's plan in the place of the agent's: what led to the agent's is left out. null where the
 * workflow has no plan, or where files are always changed before it.
 */
export function withGivenPlan(graph: Graph): Graph | null {
  const plan = planStepOf(graph);
  if (plan === null) return null;
  if (plan.work.kind === 'given') return graph;
  const before = graph.steps.slice(0, graph.steps.indexOf(plan));
  // Other ways to the change, for a smaller effort say, are left out with the rest; one that always runs is not.
  if (before.some(({ work, when }) => work.kind === 'agent' && work.changes !== 'forbidden' && when === null))
    return null;
  const gone = new Set(before.map((step) => step.id));
  const given: Step = {
    id: plan.id,
    phase: plan.phase,
    title: 'The plan, as it was given',
    work: { kind: 'given', output: 'plan' },
    needs: [],
    tree_from: null,
    when: null,
    gates: 'none',
    reviewers: [],
  };
  const behind = graph.steps.slice(before.length + 1).map((step) => without(step, gone));
  return withSteps(graph, [given, ...behind]);
}

/** Whether a workflow starts from a plan that a person hands in: never, also without one, or only with one. */
export function takesPlan(graph: Graph): 'no' | 'yes' | 'only' {
  if (planStepOf(graph)?.work.kind === 'given') return 'only';
  return withGivenPlan(graph) === null ? 'no' : 'yes';
}

function without(step: Step, gone: ReadonlySet<string>): Step {
  return {
    ...step,
    needs: step.needs.filter((id) => !gone.has(id)),
    tree_from: step.tree_from !== null && gone.has(step.tree_from) ? null : step.tree_from,
  };
}

function withSteps(graph: Graph, steps: Step[]): Graph {
  const ids = new Set(steps.map((step) => step.id));
  const phases = graph.phases
    .map((phase) => ({
      ...phase,
      steps: phase.steps.filter((id) => ids.has(id)),
      ...routesTo(ids, phase.blocked),
    }))
    .filter((phase) => phase.steps.length > 0);
  return { ...graph, phases, steps, ...routesTo(ids, graph.blocked) };
}

/** The entries of a table for blocked agents that lead to one of these steps. */
function routesTo(ids: ReadonlySet<string>, blocked: Graph['blocked']): Pick<Graph, 'blocked'> {
  if (blocked === undefined) return {};
  return { blocked: Object.fromEntries(Object.entries(blocked).filter(([, id]) => ids.has(id))) };
}
