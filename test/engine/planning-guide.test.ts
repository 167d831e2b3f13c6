/** The planner over many specialists gets the guide, and its plan is held to it. */
import { NO_WORK_FACTS } from '../../src/definitions/result-checks.ts';
import { expect, it } from 'vitest';
import { guideText, type PlanningGuide } from '../../src/core/plan/guide.ts';
import { parseWorkResult } from '../../src/definitions/result-schema.ts';
import { driveRig, sequenceGraph, startRigRun, type RigStep } from '../../src/testing/rig.ts';
import { done, eventsOf, openPlay, playWell } from './plays.ts';

const GUIDE: PlanningGuide = {
  selection_matrix: {
    database_change: { primary: 'keeper', supporting: ['mover', 'tester'] },
  },
  recipes: { tidy: [{ agent: null, does: 'tidy up', kind: 'always' }] },
};

const planner = (planning?: PlanningGuide): RigStep => ({
  id: 'plan/chief',
  agent: 'chief',
  role: 'planner',
  output: 'plan',
  over: {
    work: {
      kind: 'agent',
      agent: 'chief',
      output: 'plan',
      changes: 'forbidden',
      scopes: [],
      ...(planning === undefined ? {} : { planning }),
    },
  },
});

const planBy = (agent: string): object => ({
  plan: {
    analysis: 'One table.',
    tasks: [
      {
        id: 'T1',
        agent,
        description: 'Add it.',
        output: 'A migration.',
        category: 'data',
        plan_phase: 'foundation',
      },
    ],
    cites: [],
    risks: [],
    rollback: ['Drop it.'],
    success_criteria: ['It is there.'],
    estimate: 'Small.',
    task_types: ['database_change'],
  },
  needs: ['mover', 'tester'].map((name) => ({
    agent: name,
    needed: false,
    reason: 'the table is new',
  })),
});

it('R49: reads the guide as context, and a plan without the leader of its type is no result', async () => {
  await using rig = await openPlay((order) => {
    if (order.agent !== 'chief') return playWell(order);
    return done(order, planBy(order.attempt === 1 ? 'mover' : 'keeper'));
  });
  const graph = sequenceGraph([planner(GUIDE)], { submit: false });
  const runId = await startRigRun(rig.engine, { ...graph, repos: [rig.api] });
  const { events, status } = await driveRig(rig.engine, runId);
  expect(status).toBe('done');
  const guide = rig.driver.orders[0]?.context.find((item) => item.name === 'planning guide');
  expect(guide?.text).toBe(guideText(GUIDE));
  const schema = JSON.stringify(rig.driver.orders[0]?.resultSchema());
  expect(schema).toContain('"enum":["database_change"]');
  expect(schema).toContain('"enum":["tidy"]');
  expect(
    rig.driver.orders
      .filter((order) => order.context.some((item) => item.kind === 'guide'))
      .map((order) => order.agent),
  ).toEqual(['chief', 'chief']);
  const [first] = eventsOf(events, 'invocation_ended');
  expect(first?.outcome).toMatchObject({ kind: 'failed', reason: 'invalid_output' });
  expect(JSON.stringify(first?.outcome)).toContain('keeper leads database_change');
});

it('R49: a plan that names what its guide does not have is no result', () => {
  const facts = {
    ...NO_WORK_FACTS,
  };
  const parse = (over: object, guide: PlanningGuide | null) => {
    const body = planBy('keeper') as { plan: object };
    const plan = { ...body.plan, ...over };
    const value = { status: 'complete', summary: 'x', ...body, plan };
    return parseWorkResult('plan', value, { ...facts, planned: null, guide });
  };
  const wrong = parse({ task_types: ['datbase_change'], recipe: 'sweep' }, GUIDE);
  expect(wrong).toMatchObject({
    ok: false,
    problems: [expect.stringContaining('must be database_change'), expect.stringContaining('must be tidy')],
  });
  expect(parse({}, GUIDE).ok).toBe(true);
  expect(parse({ task_types: ['anything'], recipe: null }, null).ok).toBe(true);
});

it('is not shown where the workflow has none', async () => {
  await using rig = await openPlay((order) =>
    order.agent === 'chief' ? done(order, planBy('anybody')) : playWell(order),
  );
  const graph = sequenceGraph([planner()], { submit: false });
  const runId = await startRigRun(rig.engine, { ...graph, repos: [rig.api] });
  expect((await driveRig(rig.engine, runId)).status).toBe('done');
  expect(rig.driver.orders.flatMap((order) => order.context.map((item) => item.name))).not.toContain(
    'planning guide',
  );
});
