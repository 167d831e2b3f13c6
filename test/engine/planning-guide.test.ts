/** The planner over many specialists gets the guide, and its plan is held to it. */
import { expect, it } from 'vitest';
import { SELECTION_MATRIX } from '../../src/definitions/planning-guide.ts';
import { driveRig, sequenceGraph, startRigRun, type RigStep } from '../../src/testing/rig.ts';
import { done, eventsOf, openPlay, playWell } from './plays.ts';

const PLANNER: RigStep = { id: 'plan/chief', agent: 'chief', role: 'planner', output: 'plan' };
const LEADERS = Object.values(SELECTION_MATRIX).map(({ primary }): RigStep => ({
  id: `build/${primary}`,
  agent: primary,
  role: 'planner',
  output: 'notes',
}));

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
  needs: SELECTION_MATRIX.database_change.supporting.map((name) => ({
    agent: name,
    needed: false,
    reason: 'the table is new',
  })),
});

it('R49: reads the guide as context, and a plan without the leader of its type is no result', async () => {
  await using rig = await openPlay((order) => {
    if (order.agent !== 'chief') return playWell(order);
    return done(order, planBy(order.attempt === 1 ? 'queue-processing-expert' : 'prisma-database-architect'));
  });
  const graph = sequenceGraph([PLANNER, ...LEADERS], { submit: false });
  const runId = await startRigRun(rig.engine, { ...graph, repos: [rig.api] });
  const { events, status } = await driveRig(rig.engine, runId);
  expect(status).toBe('done');
  const guide = rig.driver.orders[0]?.context.find((item) => item.name === 'planning guide');
  expect(JSON.parse(guide?.text ?? '')).toMatchObject({ selection_matrix: SELECTION_MATRIX });
  expect(
    rig.driver.orders
      .filter((order) => order.context.some((item) => item.kind === 'guide'))
      .map((order) => order.agent),
  ).toEqual(['chief', 'chief']);
  const [first] = eventsOf(events, 'invocation_ended');
  expect(first?.outcome).toMatchObject({ kind: 'failed', reason: 'invalid_output' });
  expect(JSON.stringify(first?.outcome)).toContain('prisma-database-architect leads database_change');
});

it('is not shown where the leaders are not in the cast', async () => {
  await using rig = await openPlay((order) =>
    order.agent === 'chief' ? done(order, planBy('anybody')) : playWell(order),
  );
  const graph = sequenceGraph([PLANNER], { submit: false });
  const runId = await startRigRun(rig.engine, { ...graph, repos: [rig.api] });
  expect((await driveRig(rig.engine, runId)).status).toBe('done');
  expect(rig.driver.orders.flatMap((order) => order.context.map((item) => item.name))).not.toContain(
    'planning guide',
  );
});
