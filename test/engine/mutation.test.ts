/** Tests that would not notice: who writes expected values down, and who answers for tests that ask for too little. */
import { describe, expect, it } from 'vitest';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import { driveRig, openRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { configOf, createPlayDriver, edit, eventsOf, gate, playWell } from './plays.ts';

const TESTS = gate(['node', '--test'], { name: 'tests', kind: 'tests', reporter: 'node' });
const MUTATION = gate([], { name: 'mutation', kind: 'mutation', set: 'full' });
const testOf = (name: string, body: string): string => `import assert from 'node:assert';
import test from 'node:test';
import { ${name} } from './${name}.mjs';
${body}
`;
const VISIBLE = testOf('sum', "test('adds', () => assert.equal(sum(2, 3), 5));");
const GOOD = 'export const sum = (a, b) => a + b;\n';
const HARD_CODED = `export function sum(a, b) {
  if (a === 2 && b === 3) return 5;
  return 0;
}
`;
/** Two things that a test could ask for, none of which is asked for. */
const LOOSE = `export function sum(a, b) {
  if (a > 99) return b - a;
  if (b > 99) return a - b;
  return a + b;
}
`;

/** `coder` writes the source, `tester` the tests. */
async function runWith(play: (order: WorkOrder) => void, mostMutants = 60, max_rework = 1) {
  const rig = await openRig(
    createPlayDriver((order) => {
      if (order.access === 'write') play(order);
      return order.access === 'write' ? { status: 'complete', summary: 'done' } : playWell(order);
    }),
  );
  const api = rig.repository('api', {
    'zero.mjs': 'export const zero = () => 0;\n',
    'zero.test.mjs': testOf('zero', "test('is nothing', () => assert.equal(zero(), 0));"),
  });
  const step = (id: string, agent: string, gates: 'none' | 'full') =>
    ({ id, agent, role: 'specialist', output: 'changes', over: { gates } }) as const;
  const steps = [step('build/tests', 'tester', 'none'), step('build/code', 'coder', 'full')];
  const { graph, agents } = sequenceGraph(steps, { submit: true });
  const mutation = { timeMs: 120_000, mostMutants, minScore: 0.5 };
  const config = { ...configOf([TESTS, { ...MUTATION, mutation }]), limits: { max_rework } };
  const runId = await startRigRun(rig.engine, { graph, agents, repos: [api], config });
  const end = await driveRig(rig.engine, runId);
  const passes = eventsOf(end.events, 'gates_ended').map(({ outcome }) =>
    outcome.kind === 'measured' ? outcome.results.find(({ kind }) => kind === 'mutation') : undefined,
  );
  const pulls = eventsOf(end.events, 'effect_intended');
  return { end, passes, pulls, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

describe('the gate mutation', () => {
  it('PRIV-8: lets no answers through that were copied from visible tests', async () => {
    const play = (order: WorkOrder): void => {
      if (order.agent === 'tester') edit(order, 'sum.test.mjs', VISIBLE);
      else edit(order, 'sum.mjs', HARD_CODED);
    };
    await using run = await runWith(play, 4, 0);
    expect(run.end.status).not.toBe('done');
    expect(run.pulls).toEqual([]);
    expect(run.passes[0]).toMatchObject({ status: 'fail' });
    expect(run.passes[0]?.findings).toContainEqual(
      expect.objectContaining({ file: 'sum.mjs', line: 2, blocking: true, owner: 'build/code' }),
    );
  });

  it('PRIV-8: lets a change through whose tests notice what is done to it', async () => {
    await using run = await runWith((order) => {
      if (order.agent === 'tester') edit(order, 'sum.test.mjs', VISIBLE);
      else edit(order, 'sum.mjs', GOOD);
    });
    expect(run.end.status).toBe('done');
    expect(run.passes[0]).toMatchObject({ status: 'pass', findings: [] });
  });

  it('sends tests that notice too little back to who wrote them', async () => {
    await using run = await runWith((order) => {
      if (order.agent === 'coder') return edit(order, 'sum.mjs', LOOSE);
      const more = `test('takes away', () => { assert.equal(sum(100, 1), -99); assert.equal(sum(99, 1), 100); assert.equal(sum(1, 100), -99); assert.equal(sum(1, 99), 100); });`;
      const isAnswer = order.findings.length > 0;
      edit(order, 'sum.test.mjs', isAnswer ? `${VISIBLE}${more}\n` : VISIBLE);
    });
    const [first, second] = run.passes;
    expect(first).toMatchObject({ status: 'fail' });
    expect(first?.findings.filter(({ blocking }) => blocking).map(({ owner }) => owner)).toContain(
      'build/tests',
    );
    expect(second).toMatchObject({ status: 'pass', findings: [] });
    expect(second?.summary).toMatch(/^(\d+) of \1 mutants noticed$/);
    expect(run.end.status).toBe('done');
  });
});
