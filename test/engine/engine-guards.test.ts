/** What the engine itself sees to, whoever hands in a graph, a finding or a measurement. */
import { describe, expect, it } from 'vitest';
import type { GateResult } from '../../src/core/records.ts';
import type { Graph } from '../../src/core/graph.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { driveRig, sequenceGraph, startRigRun, type RigStep } from '../../src/testing/rig.ts';
import { configOf, done, edit, eventsOf, gate, openPlay, playWell, refusal } from './plays.ts';

const ONE: RigStep = { id: 'build/one', agent: 'first', role: 'specialist', output: 'changes' };
const TWO: RigStep = { id: 'build/two', agent: 'second', role: 'specialist', output: 'changes' };

describe('a graph that a program hands in', () => {
  const broken: [string, string, (graph: Graph) => Graph][] = [
    ['without a review', 'E_REVIEW_MISSING', (graph) => withSteps(graph, { reviewers: [] })],
    ['that runs in circles', 'E_WORKFLOW_CYCLE', (graph) => withSteps(graph, { needs: ['build/one'] })],
  ];

  it.each(broken)('CFG-10: %s starts no run and stores none', async (_what, code, change) => {
    await using rig = await openPlay(playWell);
    const { graph, agents } = sequenceGraph([ONE], { submit: false });
    const start = startRigRun(rig.engine, { graph: change(graph), agents, repos: [rig.api] });
    await expect(start).rejects.toMatchObject({ diagnostics: [expect.objectContaining({ code })] });
    expect(await rig.engine.journal.listRuns({ limit: 10, prefix: '' })).toEqual([]);
  });
});

function withSteps(graph: Graph, over: Partial<Graph['steps'][number]>): Graph {
  return { ...graph, steps: graph.steps.map((step) => ({ ...step, ...over })) };
}

describe('a finding that names a line and no owner', () => {
  it.each([
    ['the first writer’s line', 'first.txt', 'build/one'],
    ['the second writer’s line', 'second.txt', 'build/two'],
  ])('R23: in %s goes to whoever wrote it last', async (_what, file, owner) => {
    await using rig = await openPlay((order) => {
      if (order.role === 'reviewer')
        return order.agent === 'code-review' && order.invocationId.includes('build/two/r1/')
          ? refusal(order, 'this line is wrong', { repo: 'api', file, line: 2 })
          : playWell(order);
      edit(order, `${order.agent}.txt`, `one\nround ${order.round}\n`);
      return done(order);
    });
    const graph = sequenceGraph([ONE, TWO], { submit: false });
    const runId = await startRigRun(rig.engine, { ...graph, repos: [rig.api] });
    const { events, status } = await driveRig(rig.engine, runId);
    expect(status).toBe('done');
    const [sentBack] = eventsOf(events, 'rework_requested');
    expect(sentBack).toMatchObject({ step: 'build/two', authors: [owner] });
  });
});

describe('a gate that is red and says nothing', () => {
  const RED: GateResult = {
    gate: 'build',
    kind: 'build',
    repo: 'api',
    module: '.',
    status: 'error',
    summary: 'the machine was on fire',
    tests: null,
    findings: [],
    log: null,
    config_hash: 'x',
    duration_ms: 1,
    cached: false,
  };

  it('R23: becomes a finding, so that the next round knows what to answer', async () => {
    await using rig = await openPlay(playWell);
    let passes = 0;
    const gates: Engine['gates'] = {
      preflight: async () => [],
      deploy: (order, signal) => rig.engine.gates.deploy(order, signal),
      run: async () => ({ results: passes++ === 0 ? [RED] : [{ ...RED, status: 'pass' }], artifacts: [] }),
    };
    const engine: Engine = { ...rig.engine, gates };
    const graph = sequenceGraph([ONE], { submit: false });
    const config = configOf([gate(['true'])]);
    const runId = await startRigRun(engine, { ...graph, config, repos: [rig.api] });
    expect((await driveRig(engine, runId)).status).toBe('done');
    const again = rig.driver.orders.find((order) => order.agent === 'first' && order.round === 2);
    expect(again?.findings).toMatchObject([
      { source: 'build', blocking: true, problem: 'gate build is error: the machine was on fire' },
    ]);
    expect(again?.prompt).toContain('gate build is error: the machine was on fire');
  });
});
