/** What agents are sent: the whole of it, and where it is kept. */
import { expect, it } from 'vitest';
import { driveRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { edit, openPlay, playWell } from './plays.ts';

it('tells whoever plans for steps that are there already which agents follow', async () => {
  await using rig = await openPlay((order) => {
    if (order.access === 'write') edit(order, 'src/app.txt', 'new\n');
    return playWell(order);
  });
  const { graph, agents } = sequenceGraph(
    [
      { id: 'plan/one', agent: 'planner', role: 'planner', output: 'plan' },
      { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' },
    ],
    { submit: false },
  );
  const runId = await startRigRun(rig.engine, { graph, agents, repos: [rig.api] });
  await driveRig(rig.engine, runId);
  const item = rig.driver.orders.find(({ agent }) => agent === 'planner')?.context;
  expect(item).toContainEqual({ name: 'agents that follow', kind: 'names', text: '{"writer":"writer"}' });
});
