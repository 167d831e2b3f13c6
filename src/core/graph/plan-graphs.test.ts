/** A graph up to its plan, and behind a plan that a person hands in. */
import { expect, it } from 'vitest';
import { buildGraph, check, planned, reader, submit, writer } from '../../testing/build-graph.ts';
import { untilPlan, withGivenPlan } from './plan-graphs.ts';

const effort = { kind: 'effort', tiers: ['trivial'] } as const;
const graph = (first: Parameters<typeof writer>[1]) =>
  buildGraph({
    quick: [writer('small', first)],
    plan: [reader('plan')],
    build: [planned('tasks', ['w1']), check('whole'), submit()],
  });

it('keeps of a workflow up to its plan what the plan needs, and nothing behind it', () => {
  const cut = untilPlan(graph({ when: { ...effort, tiers: [...effort.tiers] } }));
  expect(cut?.steps.map((step) => step.id)).toEqual(['quick/small', 'plan/plan']);
  expect(cut?.phases.map((phase) => phase.id)).toEqual(['quick', 'plan']);
});

it('R18: puts a given plan where an agent would make one, and leaves out what led to it', () => {
  const given = withGivenPlan(graph({ when: { ...effort, tiers: [...effort.tiers] } }));
  expect(given?.steps[0]).toMatchObject({
    id: 'plan/plan',
    work: { kind: 'given' },
    needs: [],
    tree_from: null,
  });
  expect(given?.steps.map((step) => step.id)).not.toContain('quick/small');
  expect(given?.phases.map((phase) => phase.id)).toEqual(['plan', 'build']);
});

it('gives no plan to a workflow that always changes files before its own', () => {
  expect(withGivenPlan(graph({}))).toBeNull();
});
