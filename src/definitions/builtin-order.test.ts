/** Decision 122: a security review of the whole change sees nothing that had no code review of its own before. */
import { describe, expect, it } from 'vitest';
import type { Graph, Step, StepId } from '../core/graph.ts';
import { builtinAgentsDir, listBuiltinWorkflows } from './builtin.ts';
import { loadAgentFolder } from './load-agents.ts';
import { loadWorkflow } from './load-workflow.ts';

const { agents } = loadAgentFolder(builtinAgentsDir, 'own');
const graphs = listBuiltinWorkflows().map(({ name, file }) => {
  const { graph } = loadWorkflow(file, agents);
  if (graph === null) throw new Error(`${name} does not load`);
  return { name, graph };
});

const gives = (graph: Graph, { reviewers }: Step, kind: string): boolean =>
  reviewers.some((name) => (graph.agents[name]?.reviews ?? ['code']).includes(kind));

const looksOf = (graph: Graph): Step[] =>
  graph.steps.filter(
    (step) => step.work.kind === 'check' && step.work.from === 'base' && gives(graph, step, 'security'),
  );

/** Whoever changes files, or brings changes together. */
const isMaker = ({ work }: Step): boolean =>
  work.kind === 'merge' || work.kind === 'planned' || (work.kind === 'agent' && work.changes !== 'forbidden');

function reached({ steps }: Graph, start: Step, next: (step: Step) => readonly (StepId | null)[]): Step[] {
  const found = new Set<Step>();
  const queue = [...next(start)];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const step = steps.find((each) => each.id === id);
    if (step === undefined || found.has(step)) continue;
    found.add(step);
    queue.push(...next(step));
  }
  return [...found];
}

/** All that was over, reviews included, when the step began. */
const before = (graph: Graph, step: Step): Step[] => reached(graph, step, ({ needs }) => needs);

/** Whose changes are in the tree that the step looks at. */
const seenBy = (graph: Graph, step: Step): Step[] =>
  reached(graph, step, ({ work, tree_from }) => [
    tree_from,
    ...(work.kind === 'merge' ? work.sides : []),
  ]).filter(isMaker);

/** What a security review of the whole would see without a code review before it, and what is made beside it. */
function faults(graph: Graph): string[] {
  return looksOf(graph).flatMap((look) => {
    const [past, seen] = [before(graph, look), seenBy(graph, look)];
    const later = graph.steps.filter((step) => before(graph, step).includes(look));
    return [
      ...(seen.length === 0 ? [`${look.id} sees nothing`] : []),
      ...seen.filter((step) => !gives(graph, step, 'code')).map(({ id }) => `${id}: no code review`),
      ...seen.filter((step) => !past.includes(step)).map(({ id }) => `${id}: not before ${look.id}`),
      ...graph.steps
        .filter((step) => isMaker(step) && !seen.includes(step) && !later.includes(step))
        .map(({ id }) => `${id}: neither seen by ${look.id} nor behind it`),
    ];
  });
}

const changed = (graph: Graph, change: (step: Step) => Partial<Step>): Graph => ({
  ...graph,
  steps: graph.steps.map((step) => ({ ...step, ...change(step) })),
});

describe('a security review of the whole change', () => {
  it('R30: stands in every built-in workflow that promises more than a review after each agent', () => {
    expect(graphs.flatMap(({ name, graph }) => (looksOf(graph).length === 0 ? [name] : []))).toEqual([
      'review-gated',
    ]);
  });

  it.each(graphs)('R30: in $name sees only what had its code review before', ({ graph }) => {
    expect(faults(graph)).toEqual([]);
  });

  const seen = graphs.flatMap(({ name, graph }) =>
    looksOf(graph).flatMap((look) =>
      seenBy(graph, look).map((step) => ({ name, graph, look: look.id, step: step.id })),
    ),
  );

  it.each(seen)('R30: $name, $step: its code review, or its place before $look, is missed', (each) => {
    const { graph, look, step } = each;
    const security = graph.steps.find(({ id }) => id === look)?.reviewers ?? [];
    for (const reviewers of [[], security])
      expect(faults(changed(graph, ({ id }) => (id === step ? { reviewers } : {})))).toContain(
        `${step}: no code review`,
      );
    const unawaited = changed(graph, ({ needs }) => ({ needs: needs.filter((need) => need !== step) }));
    expect(faults(unawaited)).toContain(`${step}: not before ${look}`);
    const unseen = changed(graph, ({ id }) => (id === look ? { tree_from: null } : {}));
    expect(faults(unseen)).toContain(`${look} sees nothing`);
  });
});
