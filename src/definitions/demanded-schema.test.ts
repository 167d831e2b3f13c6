/** What a run demands stands in the schema that its agents get, and what the schema lets through the run takes. */
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import { describe, expect, it } from 'vitest';
import { buildGraph, check, planned, reader, submit } from '../testing/build-graph.ts';
import { withDemands, type Demands } from './demanded-schema.ts';
import { parseWorkResult, resultJsonSchema } from './result-schema.ts';

const graph = buildGraph({
  one: [reader('plan'), planned('tasks', ['w1', 'w2']), check('whole'), submit()],
});
const demands: Demands = {
  facts: {
    conditionalAgents: ['w3'],
    modules: { agents: ['w3'], names: ['orders', 'web'] },
    knownFindings: [],
    repos: ['api'],
    earlierOutputs: ['research'],
    citable: ['research', 'requirements'],
    guide: null,
    planned: { graph, plan: 'one/plan', started: [], invocationsLeft: 400 },
  },
  measures: ['criteria_numbered', 'plan_complete'],
};
const task = (over: object) => ({
  id: 't1',
  agent: 'w1',
  description: 'd',
  output: 'o',
  category: 'quality',
  plan_phase: 'quality',
  ...over,
});
const PLAN = {
  analysis: 'a',
  tasks: [task({}), task({ id: 't2', category: 'documentation' })],
  cites: ['research'],
  risks: ['r'],
  rollback: ['b'],
  success_criteria: ['s'],
  estimate: 'e',
};

function fits(output: string, body: object, held: Demands = demands): boolean {
  const schema = withDemands(resultJsonSchema(output, 'planner'), output, held);
  const whole = { status: 'complete', summary: 's', ...body };
  return new AjvJsonSchemaValidator().getValidator(schema)(whole).valid;
}

describe('the schema of a plan', () => {
  it('R47: lets a plan through that the run takes', () => {
    expect(fits('plan', { plan: PLAN })).toBe(true);
    expect(
      parseWorkResult('plan', { status: 'complete', summary: 's', plan: PLAN }, demands.facts),
    ).toMatchObject({ ok: true });
  });

  it.each([
    ['an agent that the plan may not name', { tasks: [task({ agent: 'w9' }), task({ id: 't2' })] }],
    ['no category', { tasks: [task({ category: undefined }), task({ id: 't2' })] }],
    ['no part of the plan', { tasks: [task({ plan_phase: undefined }), task({ id: 't2' })] }],
    ['an id that is no name', { tasks: [task({ id: 'One' }), task({ id: 't2' })] }],
    ['one task for all categories', { tasks: [task({})] }],
    ['no source', { cites: [] }],
    ['an unknown source', { cites: ['gossip'] }],
    ['no risks', { risks: [] }],
    ['no way back', { rollback: [] }],
  ])('R47: refuses %s', (_, over) => {
    expect(fits('plan', { plan: { ...PLAN, ...over } })).toBe(false);
  });

  it('says which categories are demanded, and leaves the published schema as it is', () => {
    const before = JSON.stringify(resultJsonSchema('plan', 'planner'));
    const made = JSON.stringify(withDemands(resultJsonSchema('plan', 'planner'), 'plan', demands));
    expect(made).toContain('At least one is of each of these categories: quality, documentation.');
    expect(JSON.stringify(resultJsonSchema('plan', 'planner'))).toBe(before);
  });

  it('asks nothing of tasks that stay a text', () => {
    const loose = { facts: { ...demands.facts, planned: null }, measures: [] };
    const tasks = [{ id: 'One', agent: 'anybody', description: 'd', output: 'o' }];
    expect(fits('plan', { plan: { ...PLAN, tasks, risks: [] } }, loose)).toBe(true);
  });
});

describe('the schemas of other kinds', () => {
  it('demand numbers of criteria where the phase does, and names of conditional agents', () => {
    const requirements = (id: string) => ({
      requirements: {
        functional: [{ id: 'f', text: 't' }],
        non_functional: [],
        constraints: [],
        dependencies: [],
        affected_systems: [],
        acceptance_criteria: [{ id, text: 't' }],
      },
    });
    expect(['A1', 'a'].map((id) => fits('requirements', requirements(id)))).toEqual([true, false]);
    expect(fits('requirements', requirements('a'), { ...demands, measures: [] })).toBe(true);
    const needs = (agent: string) => ({ needs: [{ agent, needed: true, reason: 'r' }] });
    expect(['w3', 'w9'].map((agent) => fits('selection', needs(agent)))).toEqual([true, false]);
    const inModules = (...modules: string[]) => ({
      needs: needs('w3').needs.map((need) => ({ ...need, modules })),
    });
    expect([fits('selection', inModules('web')), fits('selection', inModules('wbe'))]).toEqual([true, false]);
  });
});
