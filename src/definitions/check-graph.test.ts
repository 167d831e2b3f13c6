import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeAgent, reviewGatedAgents } from '../../test/make-agent.ts';
import type { Graph, Step } from '../core/graph.ts';
import { builtinWorkflowsDir } from './builtin.ts';
import { checkGraph } from './check-graph.ts';
import { compileWorkflow } from './compile-workflow.ts';
import type { PhasePart } from './expand-workflow.ts';
import { loadWorkflow } from './load-workflow.ts';
import { workflowSchema, type WorkflowFile } from './workflow-schema.ts';

const codes = (graph: Graph): string[] => checkGraph(graph).map((d) => d.code);

function reviewGated(): Graph {
  const { graph } = loadWorkflow(`${builtinWorkflowsDir}review-gated.yaml`, reviewGatedAgents());
  if (graph === null) throw new Error('review-gated does not load');
  return structuredClone(graph);
}

function edit(graph: Graph, id: string, change: Partial<Step>): Graph {
  return { ...graph, steps: graph.steps.map((step) => (step.id === id ? { ...step, ...change } : step)) };
}

const writers = ['w1', 'w2', 'w3', 'w4'];
const readers = ['r1', 'r2', 'r3'];
const cast = [
  ...writers.map((name) => makeAgent(name, 'specialist')),
  ...readers.map((name) => makeAgent(name, 'planner')),
  makeAgent('critic', 'reviewer'),
];

/** Any workflow that the format can say, without conditions: they change nothing about reviews. */
const anyGraph: fc.Arbitrary<Graph> = fc
  .array(
    fc.record({
      gates: fc.constantFrom('none', 'quick', 'full'),
      steps: fc.array(
        fc.oneof(
          fc.constantFrom(...writers).map((agent) => ({ agent })),
          fc.constantFrom(...readers).map((agent) => ({ agent, output: 'research' })),
          fc
            .subarray([...writers, ...readers], { minLength: 2 })
            .map((names) => ({ parallel: names.map((agent) => ({ agent, output: 'research' })) })),
          fc.constant({ check: 'phase' }),
        ),
        { minLength: 1, maxLength: 4 },
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((phases) => {
    let number = 0;
    const named = (step: object): object => ({ ...step, id: `s${++number}` });
    const { approvals: _, ...file } = workflowSchema.parse({
      name: 'any',
      version: 1,
      review: { by: ['critic'] },
      phases: [
        ...phases.map((phase, index) => ({
          id: `p${index}`,
          gates: phase.gates,
          steps: phase.steps.map((step) =>
            named('parallel' in step ? { parallel: step.parallel.map(named) } : step),
          ),
        })),
        { id: 'submit', steps: [{ submit: true }] },
      ],
    });
    return compileWorkflow(file, cast, { limits: {}, parts: partsOf(file), requiredReviews: [], guides: [] })
      .graph;
  });

function partsOf(file: WorkflowFile): PhasePart[] {
  return file.phases.map((phase, index) => ({
    phase: { ...phase, steps: phase.steps ?? [] },
    path: ['phases', index],
    source: null,
    reviewers: file.review?.by ?? [],
    areas: [],
    planning: null,
    parent: null,
    own: {},
  }));
}

const producers = (graph: Graph): Step[] => graph.steps.filter((step) => step.work.kind !== 'submit');

describe('checkGraph', () => {
  it('passes review-gated', () => expect(checkGraph(reviewGated())).toEqual([]));

  it('R21, R24, CFG-10: taking any review out of review-gated is found', () => {
    const graph = reviewGated();
    expect(producers(graph)).toHaveLength(17);
    fc.assert(
      fc.property(
        fc.subarray(
          producers(graph).map((step) => step.id),
          { minLength: 1 },
        ),
        (ids) => {
          const broken = ids.reduce((each, id) => edit(each, id, { reviewers: [] }), graph);
          const found = checkGraph(broken);
          expect(found.map((d) => d.code)).toEqual(ids.map(() => 'E_REVIEW_MISSING'));
          for (const id of ids) expect(found.some((d) => d.message.includes(id))).toBe(true);
        },
      ),
    );
  });

  it('R24: passes whatever was compiled, and finds any review that is taken out of it', () => {
    fc.assert(
      fc.property(anyGraph, fc.nat(), (graph, pick) => {
        expect(checkGraph(graph)).toEqual([]);
        const steps = producers(graph);
        const step = steps[pick % steps.length];
        expect(codes(edit(graph, step?.id ?? '', { reviewers: [] }))).toEqual(['E_REVIEW_MISSING']);
      }),
    );
  });

  it('R24: finds any tree that is used without waiting for its review', () => {
    fc.assert(
      fc.property(anyGraph, fc.nat(), (graph, pick) => {
        const users = graph.steps.filter((step) => step.tree_from !== null || step.work.kind === 'merge');
        const step = users[pick % Math.max(users.length, 1)];
        if (step === undefined) return;
        expect(codes(edit(graph, step.id, { needs: [] }))).toContain('E_REVIEW_MISSING');
      }),
    );
  });

  it('finds any change that would be dropped on the way to the submission', () => {
    fc.assert(
      fc.property(anyGraph, fc.nat(), (graph, pick) => {
        const heirs = graph.steps.filter((step) => step.tree_from !== null && step.work.kind === 'check');
        const step = heirs[pick % Math.max(heirs.length, 1)];
        if (step === undefined) return;
        expect(codes(edit(graph, step.id, { tree_from: null }))).toContain('E_UNREACHABLE');
      }),
    );
  });

  it('finds any cycle, and ends', () => {
    fc.assert(
      fc.property(anyGraph, fc.nat(), fc.nat(), (graph, one, two) => {
        const [from, to] = [one % graph.steps.length, two % graph.steps.length].sort((a, b) => a - b);
        const early = graph.steps[from ?? 0];
        const late = graph.steps[to ?? 0];
        if (early === undefined || late === undefined) return;
        // Parallel neighbours do not wait for each other yet.
        const follows = early === late || reaches(graph, late.id, early.id);
        const found = codes(edit(graph, early.id, { needs: [...early.needs, late.id] }));
        expect(found.includes('E_WORKFLOW_CYCLE')).toBe(follows);
      }),
    );
  });

  it('refuses a submission of what was not reviewed as a whole with all gates', () => {
    const graph = reviewGated();
    expect(codes(edit(graph, 'submit/submit', { tree_from: 'implement/gates' }))).toContain(
      'E_REVIEW_MISSING',
    );
    expect(codes(edit(graph, 'submit/submit', { tree_from: null }))).toContain('E_REVIEW_MISSING');
    expect(codes(edit(graph, 'submit/whole-change', { gates: 'quick' }))).toEqual(['E_REVIEW_MISSING']);
    expect(codes(edit(graph, 'submit/whole-change', { work: { kind: 'check', from: 'tree_from' } }))).toEqual(
      ['E_REVIEW_MISSING'],
    );
    expect(codes(edit(graph, 'submit/whole-change', { when: { kind: 'planned' } }))).toEqual([
      'E_REVIEW_MISSING',
    ]);
  });

  it('PRIV-14: two names for one definition do not make a second identity', () => {
    const graph = reviewGated();
    const author = graph.agents['datatypes-agent'];
    const reviewer = graph.agents['code-review'];
    if (author === undefined || reviewer === undefined) throw new Error('agents are missing');
    const twin = {
      ...graph,
      agents: { ...graph.agents, 'code-review': { ...reviewer, definition_hash: author.definition_hash } },
    };
    const found = checkGraph(twin);
    expect(new Set(found.map((d) => d.code))).toEqual(new Set(['E_REVIEWER_IS_AUTHOR']));
    // The checks at the end judge its work, too.
    expect(found.map((d) => d.message.split(' ')[0])).toEqual([
      'implement/datatypes-agent',
      'implement/gates',
      'submit/whole-change',
    ]);
  });

  it('R26: refuses a reviewer that can write', () => {
    const graph = reviewGated();
    const reviewer = graph.agents['code-review'];
    if (reviewer === undefined) throw new Error('no reviewer');
    const writing = {
      ...graph,
      agents: { ...graph.agents, 'code-review': { ...reviewer, access: 'write' as const } },
    };
    expect(new Set(codes(writing))).toEqual(new Set(['E_REVIEWER_ROLE']));
  });

  it('CFG-10: refuses steps outside the phases, doubled, out of order or missing', () => {
    const graph = reviewGated();
    const phases = graph.phases.map((phase) => ({
      ...phase,
      steps: phase.steps.filter((id) => id !== 'implement/datatypes-agent'),
    }));
    expect(codes({ ...graph, phases })).toEqual(['E_UNREACHABLE']);
    expect(codes({ ...graph, steps: graph.steps.toReversed() })).toContain('E_UNREACHABLE');
    expect(codes({ ...graph, steps: [...graph.steps, ...graph.steps.slice(-1)] })).toContain('E_UNREACHABLE');
    expect(codes({ ...graph, steps: graph.steps.slice(0, -2) })).toContain('E_UNREACHABLE');
    expect(codes({ ...graph, phases: [], steps: [] })).toEqual(['E_WORKFLOW_EMPTY']);
  });

  it('takes no inherited name for an agent', () => {
    const graph = reviewGated();
    expect(codes(edit(graph, 'plan/backend-planner', { reviewers: ['constructor'] }))).toEqual([
      'E_UNKNOWN_AGENT',
    ]);
  });
});

function reaches(graph: Graph, from: string, to: string): boolean {
  const step = graph.steps.find((each) => each.id === from);
  return step !== undefined && step.needs.some((id) => id === to || reaches(graph, id, to));
}
