/** What a plan names and nobody did goes back to the task that it was of. */
import { describe, expect, it } from 'vitest';
import type { PlannedTask } from '../../src/core/results.ts';
import type { Step } from '../../src/core/graph.ts';
import { driveRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { configOf, done, edit, eventsOf, openPlay, verdict, type Play } from './plays.ts';

const TASK: PlannedTask = {
  id: 'wire',
  agent: 'builder',
  description: 'Wire it in',
  depends_on: [],
  output: 'the feature, wired in',
  category: 'logic',
  plan_phase: 'implementation',
  blocking: true,
  scopes: ['src'],
};

async function run(task: Partial<PlannedTask>, play: Play) {
  await using rig = await openPlay(play);
  const whole = { ...TASK, ...task };
  const work: Step['work'] = {
    kind: 'agent',
    agent: 'builder',
    output: 'changes',
    changes: 'required',
    scopes: [],
  };
  const builder = {
    id: 'two/builder',
    agent: 'builder',
    role: 'specialist',
    output: 'changes',
    over: { work, task: whole },
  } as const;
  const { graph, agents } = sequenceGraph([builder], { submit: false, limits: { max_rework: 3 } });
  const runId = await startRigRun(rig.engine, { graph, agents, repos: [rig.api], config: configOf([]) });
  const { events, status } = await driveRig(rig.engine, runId);
  const passes = eventsOf(events, 'gates_ended').map(({ step, outcome }) =>
    outcome.kind === 'measured'
      ? [
          step,
          ...outcome.results.flatMap((r) =>
            r.findings.map(({ file, blocking, owner }) => [file, blocking, owner]),
          ),
        ]
      : outcome,
  );
  return { status, passes, orders: rig.driver.orders };
}

describe('a task of a plan that leaves out a file which the plan names', () => {
  const scopes = ['src/app.txt', 'src/new.txt'];

  it('is done again by its agent until the file changed', async () => {
    const { status, passes } = await run({ scopes }, (order) => {
      if (order.role === 'reviewer') return verdict(order);
      edit(order, 'src/new.txt', 'new\n');
      if (order.round > 1) edit(order, 'src/app.txt', 'wired\n');
      return done(order);
    });
    expect(passes).toEqual([['two/builder', ['src/app.txt', true, 'two/builder']], ['two/builder']]);
    expect(status).toBe('done');
  });

  it('may say why it needs no change, which its reviewer hears', async () => {
    const { status, passes, orders } = await run({ scopes }, (order) => {
      if (order.role === 'reviewer') return verdict(order);
      edit(order, 'src/new.txt', 'new\n');
      const disputes = order.findings.map(({ id }) => ({
        finding: id,
        reason: 'it finds new files by itself',
      }));
      return done(order, order.round > 1 ? { disputes } : {});
    });
    expect(passes).toEqual([
      ['two/builder', ['src/app.txt', true, 'two/builder']],
      ['two/builder', ['src/app.txt', false, 'two/builder']],
    ]);
    expect(status).toBe('done');
    const reviews = orders.filter((order) => order.role === 'reviewer').map(({ prompt }) => prompt);
    expect(reviews.at(-1)).toContain('it finds new files by itself');
  });
});
