import { expect, it } from 'vitest';
import type { DriverNote } from '../../src/drivers/driver.ts';
import { drive } from '../../src/engine/drive.ts';
import { openRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { configOf, createPlayDriver, edit, gate, playWell } from './plays.ts';

it('people who follow a run are told which gates run', async () => {
  await using rig = await openRig(
    createPlayDriver((order) => {
      if (order.access !== 'write') return playWell(order);
      edit(order, 'sum.mjs', 'export const sum = (a, b) => a + b;\n');
      return { status: 'complete', summary: 'done' };
    }),
  );
  const api = rig.repository('api', { 'zero.mjs': 'export const zero = () => 0;\n' });
  const { graph, agents } = sequenceGraph(
    [{ id: 'build/code', agent: 'coder', role: 'specialist', output: 'changes', over: { gates: 'full' } }],
    { submit: true },
  );
  const config = configOf([gate(['node', '--check', 'sum.mjs'], { name: 'check', kind: 'command' })]);
  const runId = await startRigRun(rig.engine, { graph, agents, repos: [api], config });
  const told: { key: string; note: DriverNote }[] = [];
  const end = await drive(rig.engine, runId, {
    takeOver: false,
    signal: new AbortController().signal,
    listener: { events: () => {}, note: (key, note) => told.push({ key, note }) },
  });
  expect(end.status).toBe('done');
  expect(told).toContainEqual({
    key: expect.stringMatching(/^build\/code\/.*gates/) as string,
    note: { kind: 'text', text: 'gates: check of api' },
  });
});
