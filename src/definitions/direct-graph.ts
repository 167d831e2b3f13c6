/** A workflow cut down to one specialist: its work, and whatever looks at the whole change before it leaves the run. */
import type { AgentSummary, Graph, Step, StepId } from '../core/graph.ts';
import { reach } from '../core/graph/ancestors.ts';
import { canWrite, workersOf } from './check-graph.ts';

const PHASE = 'work';

/** null where the workflow submits nothing: there would be no check of the whole to keep. */
export function directGraph(graph: Graph, specialist: AgentSummary): Graph | null {
  const last = graph.steps.filter(({ work }) => isOutward(work) || isWhole(work));
  const kept = new Map(last.map((step) => [step.id, step]));
  const reviewers = last.findLast(({ work }) => isWhole(work))?.reviewers;
  if (reviewers === undefined || !last.some(({ work }) => isOutward(work))) return null;
  const work = workOf(specialist, reviewers);
  const steps = [work, ...last.map((step) => rewired(graph, step, kept, work))];
  const named = new Set(steps.flatMap((step) => [...workersOf(step), ...step.reviewers]));
  const { blocked: _, ...rest } = graph;
  return {
    ...rest,
    workflow: `${graph.workflow}/direct`,
    cut_from: graph.workflow,
    phases: [
      {
        id: PHASE,
        title: 'Direct work',
        deliverable: 'What was asked for, by one specialist.',
        steps: [work.id],
      },
      ...graph.phases
        .map(({ blocked: __, ...phase }) => ({ ...phase, steps: phase.steps.filter((id) => kept.has(id)) }))
        .filter((phase) => phase.steps.length > 0),
    ],
    steps,
    agents: Object.fromEntries(
      Object.entries({ ...graph.agents, [specialist.name]: specialist })
        .filter(([name]) => named.has(name))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
}

function isOutward({ kind }: Step['work']): boolean {
  return kind === 'submit' || kind === 'deploy';
}

function isWhole(work: Step['work']): boolean {
  return work.kind === 'check' && work.from === 'base';
}

function workOf(specialist: AgentSummary, reviewers: string[]): Step {
  const writes = canWrite(specialist);
  return {
    id: `${PHASE}/${specialist.name}`,
    phase: PHASE,
    title: specialist.title,
    work: {
      kind: 'agent',
      agent: specialist.name,
      output: writes ? 'changes' : 'research',
      changes: writes ? 'required' : 'forbidden',
      scopes: [],
    },
    needs: [],
    tree_from: null,
    when: null,
    gates: writes ? 'quick' : 'none',
    reviewers,
  };
}

/** What came behind steps that are gone comes behind what those came behind, and that is the specialist in the end. */
function rewired(graph: Graph, step: Step, kept: ReadonlyMap<StepId, Step>, work: Step): Step {
  const known = new Map(graph.steps.map((each) => [each.id, each]));
  const past = reach(step.needs, (id) => (kept.has(id) ? [] : (known.get(id)?.needs ?? [])));
  const needs = [...past].filter((id) => kept.has(id));
  let tree = step.tree_from;
  while (tree !== null && !kept.has(tree)) tree = known.get(tree)?.tree_from ?? null;
  const own = work.work.kind === 'agent' && work.work.changes !== 'forbidden' ? work.id : null;
  return { ...step, needs: needs.length > 0 ? needs : [work.id], tree_from: tree ?? own };
}
