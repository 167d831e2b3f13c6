/** Cutting a graph at its plan: everything up to it (`baton plan`), or everything behind it (`--plan`). */
import type { Graph, Step } from '../graph.ts';

/** The step that hands in the plan; null: the workflow has none. */
export function planStepOf(graph: Graph): Step | null {
  return graph.steps.find(({ work }) => handsInPlan(work)) ?? null;
}

function handsInPlan(work: Step['work']): boolean {
  return (work.kind === 'agent' || work.kind === 'given') && work.output === 'plan';
}

/** The graph up to its plan, and nothing behind it; null where no agent makes one. */
export function untilPlan(graph: Graph): Graph | null {
  const at = graph.steps.findIndex(({ work }) => work.kind === 'agent' && work.output === 'plan');
  if (at === -1) return null;
  const plan = graph.steps[at];
  const kept = new Set<string>();
  const queue = plan === undefined ? [] : [plan.id];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (kept.has(id)) continue;
    kept.add(id);
    queue.push(...(graph.steps.find((step) => step.id === id)?.needs ?? []));
  }
  return withSteps(
    graph,
    graph.steps.filter((step) => kept.has(step.id)),
  );
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
  const behind = graph.steps.slice(before.length + 1).map((step) => ({
    ...step,
    needs: step.needs.filter((id) => !gone.has(id)),
    tree_from: step.tree_from !== null && gone.has(step.tree_from) ? null : step.tree_from,
  }));
  return withSteps(graph, [given, ...behind]);
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
