/** A graph up to its plan, and behind a plan that a person hands in. */
import { expect, it } from 'vitest';
import { buildGraph, check, planned, reader, submit, writer } from '../../testing/build-graph.ts';
import { takesPlan, untilPlan, withGivenPlan } from './plan-graphs.ts';

const effort = { kind: 'effort', tiers: ['trivial'] } as const;
const graph = (first: Parameters<typeof writer>[1]) =>
  buildGraph({
    quick: [writer('small', first)],
    plan: [reader('plan')],
    build: [planned('tasks', ['w1']), check('whole'), submit()],
  });

it('keeps of a workflow up to its plan what the plan needs, and the whole as what the plan is for', () => {
  const whole = graph({});
  const cut = untilPlan(whole);
  expect(cut?.steps.map((step) => step.id)).toEqual(['quick/small', 'plan/plan']);
  expect(cut?.phases.map((phase) => phase.id)).toEqual(['quick', 'plan']);
  expect(cut?.plan_for).toEqual(whole);
});

it('changes nothing by a smaller way where a plan alone is asked for', () => {
  const cut = untilPlan(graph({ when: { ...effort, tiers: [...effort.tiers] } }));
  expect(cut?.steps.map((step) => [step.id, step.needs, step.tree_from])).toEqual([['plan/plan', [], null]]);
  expect(cut?.phases.map((phase) => phase.id)).toEqual(['plan']);
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
  expect(takesPlan(graph({}))).toBe('no');
});

it('says whether a workflow starts from a plan, and whether only from one', () => {
  const makes = buildGraph({ one: [reader('plan'), writer('a')] });
  expect(takesPlan(makes)).toBe('yes');
  expect(takesPlan(withGivenPlan(makes) ?? makes)).toBe('only');
  expect(takesPlan(buildGraph({ one: [writer('a')] }))).toBe('no');
});
