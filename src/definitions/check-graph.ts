/**
 * The proof that a graph can be run: nothing unreviewed is used, nothing runs in circles, nothing is lost.
 * It looks at the graph alone and trusts nothing about how it was made: a compiled workflow, an expanded plan
 * and a graph that somebody wrote by hand pass the same check.
 */
import type { Diagnostic } from '../core/errors.ts';
import { treesOf, type AgentSummary, type Graph, type Step, type StepId } from '../core/graph.ts';
import { reach } from '../core/graph/ancestors.ts';
import { WRITING_ROLES } from '../core/words.ts';
import { errorAt } from './diagnose.ts';
import type { GraphFault } from './graph-fault.ts';
import { nearest } from './nearest.ts';
import { requiredReviewFaults } from './required-reviews.ts';
import { validationFaults } from './validation-faults.ts';

/** Everything that is wrong with a graph, as diagnostics without a place. */
export function checkGraph(graph: Graph): Diagnostic[] {
  return findGraphFaults(graph, Object.keys(graph.agents)).map((fault) =>
    errorAt(null, fault.code, fault.message, fault.fix),
  );
}

/** Everything that is wrong with a graph. `agents`: the names that a suggestion may offer. */
export function findGraphFaults(graph: Graph, agents: readonly string[]): GraphFault[] {
  const view = viewOf(graph);
  const empty = emptyParts(graph);
  const cycle = cycleFaults(view);
  const structure = [...phaseFaults(view), ...needFaults(view), ...cycle];
  const people = [...agentFaults(view, agents), ...reviewerFaults(view)];
  // Order and ancestry mean nothing in a graph that runs in circles.
  const flow =
    cycle.length > 0
      ? []
      : [...orderFaults(view), ...useFaults(view), ...submitFaults(view), ...lostFaults(view)];
  const faults = [...empty, ...structure, ...people, ...reviewFaults(view), ...flow];
  // Who looks at the whole is a question about a graph that holds together.
  return faults.length > 0 ? faults : [...requiredReviewFaults(graph), ...validationFaults(graph)];
}

interface View {
  graph: Graph;
  steps: Map<StepId, Step>;
  /** Who waits for a step, starts from it or merges it. */
  uses: Map<StepId, StepId[]>;
}

function viewOf(graph: Graph): View {
  const steps = new Map(graph.steps.map((step) => [step.id, step]));
  const uses = new Map<StepId, StepId[]>();
  for (const step of graph.steps) {
    for (const used of new Set([...step.needs, ...treesOf(step)])) {
      const users = uses.get(used);
      if (users === undefined) uses.set(used, [step.id]);
      else users.push(step.id);
    }
  }
  return { graph, steps, uses };
}

/** Whether the step can leave a tree that differs from the one it got. */
function makesTree(step: Step): boolean {
  if (step.work.kind === 'given') return false;
  return step.work.kind === 'agent' ? step.work.changes !== 'forbidden' : !isOutward(step);
}

/** Whether it carries the change out of the run: it makes no tree, and needs no reviewer of its own. */
function isOutward({ work }: Step): boolean {
  return work.kind === 'submit' || work.kind === 'deploy';
}

function emptyParts(graph: Graph): GraphFault[] {
  const fault = (message: string): GraphFault => ({
    step: null,
    code: 'E_WORKFLOW_EMPTY',
    message,
    fix: 'Add a step, or take it out.',
  });
  if (graph.phases.length === 0) return [fault(`The workflow ${graph.workflow} has no phase.`)];
  return graph.phases
    .filter((phase) => phase.steps.length === 0)
    .map((phase) => fault(`The phase ${phase.id} has no step.`));
}

function phaseFaults({ graph, steps }: View): GraphFault[] {
  const faults: GraphFault[] = [];
  const listed = new Map<StepId, string>();
  const counts = new Map<StepId, number>();
  for (const { id } of graph.steps) counts.set(id, (counts.get(id) ?? 0) + 1);
  for (const phase of graph.phases) {
    for (const id of phase.steps) {
      if (steps.get(id)?.phase !== phase.id)
        faults.push(unreachable(id, `The phase ${phase.id} lists ${id}, which is not one of its steps.`));
      listed.set(id, phase.id);
    }
  }
  for (const step of graph.steps) {
    if (!listed.has(step.id))
      faults.push(unreachable(step.id, `No phase holds ${step.id}: it would never start.`));
    if ((counts.get(step.id) ?? 0) > 1) faults.push(unreachable(step.id, `Two steps are called ${step.id}.`));
  }
  return faults;
}

function needFaults({ graph, steps }: View): GraphFault[] {
  return graph.steps.flatMap((step) =>
    [...new Set([...step.needs, ...treesOf(step)])]
      .filter((id) => !steps.has(id))
      .map((id) => {
        const near = nearest(id, steps.keys());
        const fix = near === null ? 'Name a step of this workflow.' : `Did you mean \`${near}\`?`;
        return {
          ...unreachable(step.id, `${step.id} waits for ${id}, which does not exist: it would never start.`),
          fix,
        };
      }),
  );
}

function unreachable(step: StepId, message: string): GraphFault {
  return { step, code: 'E_UNREACHABLE', message, fix: 'Put it where the workflow leads to it.' };
}

/** One fault per knot of steps that wait for each other. */
function cycleFaults({ graph, steps }: View): GraphFault[] {
  const settled = new Set<StepId>();
  const faults: GraphFault[] = [];
  for (const start of graph.steps) {
    const path: { id: StepId; next: StepId[] }[] = [];
    const onPath = new Set<StepId>();
    const enter = (id: StepId): void => {
      const step = steps.get(id);
      onPath.add(id);
      path.push({ id, next: step === undefined ? [] : [...step.needs, ...treesOf(step)] });
    };
    if (!settled.has(start.id)) enter(start.id);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const id = top.next.shift();
      if (id === undefined) {
        path.pop();
        onPath.delete(top.id);
        settled.add(top.id);
      } else if (onPath.has(id)) {
        const seen = path.findIndex((entry) => entry.id === id);
        faults.push(cycleFault([...path.slice(seen).map((entry) => entry.id), id]));
        for (const entry of path.splice(0)) settled.add(entry.id);
      } else if (!settled.has(id)) enter(id);
    }
  }
  return faults;
}

function cycleFault(ids: StepId[]): GraphFault {
  const message = `These steps wait for each other: ${ids.join('→')}.`;
  return { step: ids[0] ?? null, code: 'E_WORKFLOW_CYCLE', message, fix: 'Take one of the `needs` out.' };
}

/** Each missing name once, at the first step that names it. */
function agentFaults({ graph }: View, known: readonly string[]): GraphFault[] {
  const missing = new Map<string, StepId>();
  for (const step of graph.steps) {
    const named = [...workersOf(step), ...step.reviewers];
    for (const name of named) {
      if (!Object.hasOwn(graph.agents, name) && !missing.has(name)) missing.set(name, step.id);
    }
  }
  return [...missing].map(([name, step]): GraphFault => {
    const near = nearest(name, known);
    const fix = near === null ? 'Write an agent file with this name.' : `Did you mean \`${near}\`?`;
    return {
      step,
      code: 'E_UNKNOWN_AGENT',
      message: `${step} names the agent ${name}, which does not exist.`,
      fix,
    };
  });
}

/** A reviewer only judges, cannot write, and had no part in what it judges. */
function reviewerFaults(view: View): GraphFault[] {
  const isSame = (each: AgentSummary, reviewer: AgentSummary): boolean =>
    each.name === reviewer.name || each.definition_hash === reviewer.definition_hash;
  const makers = makersOf(view.graph.steps.filter(makesTree), view.graph);
  return view.graph.steps.flatMap((step) =>
    step.reviewers.flatMap((name): GraphFault[] => {
      const reviewer = agentOf(view.graph, name);
      if (reviewer === null) return [];
      // Looking through all that a merge holds is for those few who could be found in it.
      const mayHaveMade = step.work.kind === 'agent' || makers.some((each) => isSame(each, reviewer));
      const author = mayHaveMade ? authorsOf(view, step).find((each) => isSame(each, reviewer)) : undefined;
      if (author !== undefined) {
        const message = `${step.id} is made by ${author.name} and reviewed by ${name}: the same definition.`;
        return [
          {
            step: step.id,
            code: 'E_REVIEWER_IS_AUTHOR',
            message,
            fix: 'Name a reviewer that took no part in it.',
          },
        ];
      }
      if (reviewer.role === 'reviewer' && reviewer.access === 'read') return [];
      const message = `${name} reviews ${step.id}, but is a ${reviewer.role} with ${reviewer.access} access.`;
      return [
        { step: step.id, code: 'E_REVIEWER_ROLE', message, fix: 'Name an agent of the role reviewer.' },
      ];
    }),
  );
}

/** Whoever works in these steps, each once. */
function makersOf(steps: readonly Step[], graph: Graph): AgentSummary[] {
  const names = new Set(steps.flatMap(({ work }) => (work.kind === 'agent' ? [work.agent] : [])));
  return [...names].flatMap((name) => agentOf(graph, name) ?? []);
}

/** Whose work the step's output holds: its own agent, or all that wrote what it brings together. */
function authorsOf(view: View, step: Step): AgentSummary[] {
  const makers =
    step.work.kind === 'agent' ? [step] : [...treeAncestors(view, step)].map((id) => view.steps.get(id));
  return makers.flatMap((maker) => {
    const agent =
      maker?.work.kind === 'agent' && (maker === step || makesTree(maker))
        ? agentOf(view.graph, maker.work.agent)
        : null;
    return agent === null ? [] : [agent];
  });
}

function agentOf(graph: Graph, name: string): AgentSummary | null {
  return Object.hasOwn(graph.agents, name) ? (graph.agents[name] ?? null) : null;
}

/**
 * Every step but a submission makes something, if only in its rework. Without a reviewer it would be used as it
 * is: the message names such a use.
 */
function reviewFaults(view: View): GraphFault[] {
  return (
    view.graph.steps
      // What a person gives is theirs: recorded, and reviewed by nobody.
      .filter((step) => !isOutward(step) && step.work.kind !== 'given' && step.reviewers.length === 0)
      .map((step) => {
        const use = view.uses.get(step.id)?.[0];
        const way = use === undefined ? 'it ends the workflow' : `${use} uses it`;
        return reviewMissing(step.id, `Nobody reviews what ${step.id} makes, and ${way}.`);
      })
  );
}

function reviewMissing(step: StepId, message: string): GraphFault {
  return {
    step,
    code: 'E_REVIEW_MISSING',
    message,
    fix: 'Name a reviewer: `review: { by: [code-review] }`, or `reviewers:` at the step. It cannot be left out.',
  };
}

function orderFaults({ graph, steps }: View): GraphFault[] {
  const before = new Set<StepId>();
  return graph.steps.flatMap((step) => {
    const late = step.needs.filter((id) => !before.has(id) && steps.has(id));
    before.add(step.id);
    return late.map((id) => unreachable(step.id, `${step.id} stands before ${id}, which it needs.`));
  });
}

/** A tree is reviewed when its step is settled; who starts from it without waiting for that uses it unreviewed. */
function useFaults(view: View): GraphFault[] {
  return view.graph.steps.flatMap((step) => {
    // Who waits for it itself needs no search through all that lies before.
    const others = treesOf(step).filter((id) => view.steps.has(id) && !step.needs.includes(id));
    if (others.length === 0) return [];
    const waitsFor = reach([step.id], (id) => view.steps.get(id)?.needs ?? []);
    return others
      .filter((id) => !waitsFor.has(id))
      .map((id) => reviewMissing(step.id, `${step.id} starts from ${id} without waiting for its review.`));
  });
}

/** What is submitted went, as a whole and from the base on, through all gates and a review. */
function submitFaults(view: View): GraphFault[] {
  return view.graph.steps.flatMap((step) => {
    if (!isOutward(step)) return [];
    const check = step.tree_from === null ? undefined : view.steps.get(step.tree_from);
    const whole = check?.work.kind === 'check' && check.work.from === 'base' && check.gates === 'full';
    if (whole && check.when === null) return [];
    return [
      reviewMissing(
        step.id,
        `${step.id} ${step.work.kind === 'submit' ? 'submits' : 'deploys'} ${check?.id ?? 'the base'}, which is no review of the whole change with all gates.`,
      ),
    ];
  });
}

/** Every tree leads on to the last one; one that does not would be dropped in silence. */
function lostFaults(view: View): GraphFault[] {
  const { steps } = view.graph;
  const last = steps.findLast(isOutward) ?? steps.findLast(makesTree);
  if (last === undefined) return [];
  const kept = treeAncestors(view, last);
  return steps
    .filter((step) => makesTree(step) && step !== last && !kept.has(step.id))
    .map((step) => unreachable(step.id, `What ${step.id} changes never reaches ${last.id}.`));
}

function treeAncestors(view: View, step: Step): Set<StepId> {
  return reach(treesOf(step), (id) => treesOfId(view, id));
}

function treesOfId(view: View, id: StepId): StepId[] {
  const step = view.steps.get(id);
  return step === undefined ? [] : treesOf(step);
}

/** Every agent that may come to work at the step. */
export function workersOf({ work }: Step): string[] {
  if (work.kind === 'agent') return [work.agent];
  if (work.kind === 'planned') return work.agents;
  return work.kind === 'check' && work.debug !== undefined ? [work.debug.agent] : [];
}

/** Whether an agent of this summary may change files at all. */
export function canWrite(agent: Pick<AgentSummary, 'role' | 'access'>): boolean {
  return WRITING_ROLES.includes(agent.role) && agent.access === 'write';
}
