/**
 * From the tasks of an accepted plan to steps of the graph. The plan says who does what after what; gates, reviews
 * and merges are put in here, and no plan can leave them out.
 */
import type { EventOf } from '../events.ts';
import type { Graph, Step, StepId } from '../graph.ts';
import type { PlannedTask } from '../results.ts';
import { sortByDependencies } from '../graph/order.ts';
import { TaskTrees } from '../graph/task-trees.ts';
import { WRITING_ROLES } from '../words.ts';

/** How the ids of merges between tasks begin, behind that of the planned step: no task may be called so. */
export const MERGE_ID_START = 'merge-';

export type Extension = Omit<EventOf<'graph_extended'>, 'type'>;

/** The planned step as it stands in the graph. */
export type PlannedStep = Step & { work: Extract<Step['work'], { kind: 'planned' }> };

/**
 * The steps of these tasks, in an order in which each comes after what it depends on. `kept`: steps of an earlier
 * revision of the plan that have started; they stay as they are.
 */
export function expandPlan(
  graph: Graph,
  planned: PlannedStep,
  tasks: readonly PlannedTask[],
  kept: ReadonlySet<StepId> = new Set(),
): Extension {
  const start = startOf(graph, planned);
  const idOf = (task: string): StepId => `${planned.id}-${task}`;
  const known = new Map(graph.steps.map((step) => [step.id, step]));
  const trees = new TaskTrees(start.tree_from, (name, sides, from) =>
    freeMerge(known, kept, (again) => mergeStep(planned, { name: `${name}${again}`, sides, from })),
  );
  const steps: Step[] = [];
  // Tasks after what they depend on, else in the plan's order. A plan with a cycle never gets here.
  const inOrder = sortByDependencies(tasks, ({ id, depends_on }) => ({ id, needs: depends_on }));
  for (const task of inOrder) {
    const id = idOf(task.id);
    const before = task.depends_on.map(idOf);
    const merged = trees.merges.length;
    const tree = trees.after(`for-${task.id}`, before);
    steps.push(...trees.merges.slice(merged));
    const made = taskStep(graph, planned, task, { id, tree, needs: [...start.needs, ...before] });
    const step = kept.has(id) ? (known.get(id) ?? made) : made;
    steps.push(step);
    trees.add(id, step.tree_from, writes(graph, task.agent));
  }
  const merged = trees.merges.length;
  const ids = tasks.map((task) => idOf(task.id));
  // A merge of all tasks that is there already holds what was done to bring them together.
  const earlier = graph.steps.filter((step) => kept.has(step.id) && step.work.kind === 'merge');
  for (const { id, work } of earlier) if (work.kind === 'merge') trees.keep(id, work.sides);
  const tree_from = trees.after('tasks', [...ids, ...earlier.map((step) => step.id)]);
  steps.push(...trees.merges.slice(merged));
  const now = new Set(steps.map((step) => step.id));
  const dropped = graph.steps.filter(
    (step) => isTaskOf(planned, step) && !now.has(step.id) && !kept.has(step.id),
  );
  return {
    before: planned.id,
    reason: `the accepted plan has ${tasks.length} tasks`,
    steps: steps.filter((step) => !kept.has(step.id)),
    dropped: dropped.map((step) => step.id),
    needs: [...new Set([...start.needs, ...ids, ...(tree_from === null ? [] : [tree_from])])],
    tree_from,
    findings: {},
  };
}

/** A merge that has begun for other sides stays what it is: the new one gets another name. */
function freeMerge(
  known: ReadonlyMap<StepId, Step>,
  kept: ReadonlySet<StepId>,
  make: (again: string) => Step,
): Step {
  for (let n = 1; ; n += 1) {
    const step = make(n === 1 ? '' : `-${n}`);
    if (!kept.has(step.id) || isSameMerge(known.get(step.id), step)) return step;
  }
}

function isSameMerge(one: Step | undefined, two: Step): boolean {
  if (one?.work.kind !== 'merge' || two.work.kind !== 'merge' || one.tree_from !== two.tree_from)
    return false;
  return one.work.sides.join() === two.work.sides.join();
}

/** The steps that stand for the tasks of this plan. */
export function plannedSteps(graph: Graph, plan: StepId): PlannedStep[] {
  return graph.steps.flatMap(({ work, ...step }) =>
    work.kind === 'planned' && work.plan === plan ? [{ ...step, work }] : [],
  );
}

/** Whether the step came from the plan of this planned step: a task, or a merge for one. */
export function isTaskOf(planned: PlannedStep, step: Step): boolean {
  return step.planned_by === planned.id;
}

/** What the planned step waited for and started from before there was a plan. */
function startOf(graph: Graph, planned: PlannedStep): { needs: StepId[]; tree_from: StepId | null } {
  const own = new Set(graph.steps.filter((step) => isTaskOf(planned, step)).map((step) => step.id));
  const needs = planned.needs.filter((id) => !own.has(id));
  let tree = planned.tree_from;
  while (tree !== null && own.has(tree))
    tree = graph.steps.find((step) => step.id === tree)?.tree_from ?? null;
  return { needs, tree_from: tree };
}

function taskStep(
  graph: Graph,
  planned: PlannedStep,
  task: PlannedTask,
  place: { id: StepId; tree: StepId | null; needs: StepId[] },
): Step {
  const changes = changesOf(graph, task.agent);
  return {
    id: place.id,
    phase: planned.phase,
    title: `${graph.agents[task.agent]?.title ?? task.agent} (${task.id})`,
    work: {
      kind: 'agent',
      agent: task.agent,
      output: changes === 'forbidden' ? 'notes' : 'changes',
      changes,
      scopes: task.scopes,
    },
    needs: [...new Set(place.tree === null ? place.needs : [...place.needs, place.tree])],
    tree_from: place.tree,
    when: null,
    gates: changes === 'forbidden' ? 'none' : planned.work.gates,
    ...(task.expect === undefined ? {} : { expect: task.expect }),
    reviewers: planned.reviewers,
    blocking: task.blocking,
    task,
    planned_by: planned.id,
  };
}

function mergeStep(planned: PlannedStep, of: { name: string; sides: StepId[]; from: StepId | null }): Step {
  return {
    id: `${planned.id}-${MERGE_ID_START}${of.name}`,
    phase: planned.phase,
    title: `Merge of ${of.sides.map((side) => side.slice(side.indexOf('/') + 1)).join(' and ')}`,
    work: { kind: 'merge', sides: of.sides },
    needs: of.from === null || of.sides.includes(of.from) ? of.sides : [...of.sides, of.from],
    tree_from: of.from,
    when: null,
    gates: planned.work.gates,
    reviewers: planned.reviewers,
    planned_by: planned.id,
  };
}

/** A tester may find that nothing is missing. */
function changesOf(graph: Graph, agent: string): 'required' | 'optional' | 'forbidden' {
  if (!writes(graph, agent)) return 'forbidden';
  return graph.agents[agent]?.role === 'tester' ? 'optional' : 'required';
}

function writes(graph: Graph, agent: string): boolean {
  const summary = graph.agents[agent];
  return summary !== undefined && summary.access === 'write' && WRITING_ROLES.includes(summary.role);
}
