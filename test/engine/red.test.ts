/** The first step of a bug fix: a test that has to fail, and has to pass from then on. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GateCommand } from '../../src/definitions/config.ts';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import { driveRig, openRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { configOf, createPlayDriver, done, edit, eventsOf, gate, playWell } from './plays.ts';

const TESTS = gate(['node', '--test'], { name: 'tests', kind: 'tests', reporter: 'node' });
const FAULT = `import test from 'node:test';
import assert from 'node:assert';
import { add } from './add.mjs';
test('adds negative numbers', () => assert.equal(add(-1, -1), -2));
`;
const EMPTY = `import test from 'node:test';\ntest('is green at once', () => {});\n`;

async function fixBug(play: (order: WorkOrder) => unknown, suite: GateCommand = TESTS) {
  const driver = createPlayDriver(play);
  await using rig = await openRig(driver);
  const api = rig.repository('api', {
    'package.json': '{"type":"module"}\n',
    'add.mjs': 'export const add = (a, b) => Math.abs(a + b);\n',
    'known.test.mjs': "import test from 'node:test';\ntest('is known', () => {});\n",
  });
  const { graph, agents } = sequenceGraph(
    [
      {
        id: 'fix/show',
        agent: 'tester',
        role: 'tester',
        output: 'changes',
        over: { expect: 'red', gates: 'quick' },
      },
      { id: 'fix/mend', agent: 'mender', role: 'specialist', output: 'changes' },
    ],
    { submit: false, limits: { max_rework: 1 } },
  );
  const runId = await startRigRun(rig.engine, { graph, agents, repos: [api], config: configOf([suite]) });
  const { events, status } = await driveRig(rig.engine, runId);
  const gates = eventsOf(events, 'gates_ended').map(({ step, outcome }) => ({
    step,
    red:
      outcome.kind === 'measured'
        ? outcome.results.filter((r) => r.status !== 'pass').map((r) => r.gate)
        : [],
    problems:
      outcome.kind === 'measured' ? outcome.results.flatMap((r) => r.findings.map((f) => f.problem)) : [],
  }));
  return { status, gates };
}

const mend = (order: WorkOrder): unknown => {
  edit(order, 'add.mjs', 'export const add = (a, b) => a + b;\n');
  return done(order);
};

describe('a step whose new tests have to fail', () => {
  it('R50: leads a bug fix: red first, then the same test green', async () => {
    const { status, gates } = await fixBug((order) => {
      if (order.agent === 'mender') return mend(order);
      if (order.agent === 'tester') edit(order, 'fault.test.mjs', FAULT);
      return order.agent === 'tester' ? done(order) : playWell(order);
    });
    expect(status).toBe('done');
    expect(gates.map(({ step, red }) => ({ step, red }))).toEqual([
      { step: 'fix/show', red: [] },
      { step: 'fix/mend', red: [] },
    ]);
  });

  it('R50: goes back to its tester where the new test is green at once', async () => {
    const { status, gates } = await fixBug((order) => {
      if (order.agent === 'mender') return mend(order);
      if (order.agent === 'tester') edit(order, 'fault.test.mjs', order.round === 1 ? EMPTY : FAULT);
      return order.agent === 'tester' ? done(order) : playWell(order);
    });
    expect(status).toBe('done');
    expect(gates[0]?.problems).toEqual([
      'The new test `is green at once` has to fail here, and it is passed.',
      'No new named test fails: the fault is not shown yet.',
    ]);
  });

  it('R50: does not let the fix take the test out', async () => {
    const { status, gates } = await fixBug((order) => {
      if (order.agent === 'tester') edit(order, 'fault.test.mjs', FAULT);
      if (order.agent === 'tester') return done(order);
      if (order.agent !== 'mender') return playWell(order);
      if (order.round === 1) rmSync(join(order.workspace.repos[0]?.path ?? '', 'fault.test.mjs'));
      else edit(order, 'fault.test.mjs', FAULT);
      return mend(order);
    });
    expect(status).toBe('done');
    expect(gates[1]?.problems.join('\n')).toContain(
      '`adds negative numbers`, which showed the fault, is no longer there',
    );
  });

  it('R50: does not let the fix empty the test either: it has to fail again without the fix', async () => {
    const { status, gates } = await fixBug((order) => {
      if (order.agent === 'tester') edit(order, 'fault.test.mjs', FAULT);
      if (order.agent === 'tester') return done(order);
      if (order.agent !== 'mender') return playWell(order);
      edit(order, 'fault.test.mjs', order.round === 1 ? FAULT.replace(/assert.equal.*\)\)/, '{})') : FAULT);
      return mend(order);
    });
    expect(status).toBe('done');
    expect(gates[1]?.red).toEqual(['tests']);
    expect(gates[1]?.problems.join('\n')).toContain(
      'The test `adds negative numbers`, which failed to show the fault, is green without the fix as well',
    );
    expect(gates[2]).toEqual({ step: 'fix/mend', red: [], problems: [] });
  });

  it('R50: says that a suite without names cannot show it', async () => {
    const nameless = gate(['true'], { name: 'tests', kind: 'tests', reporter: 'none' });
    const { status, gates } = await fixBug((order) => {
      if (order.agent === 'tester') edit(order, 'fault.test.mjs', FAULT);
      return order.agent === 'tester' ? done(order) : playWell(order);
    }, nameless);
    expect(status).toBe('waiting_human');
    expect(gates[0]?.problems.join('\n')).toContain('No test suite yields names (api tests)');
  });
});
