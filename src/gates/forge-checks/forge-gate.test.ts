/** The forge's own checks within passes of gates. */
import { expect, it } from 'vitest';
import { gate, openGatesRig, wholeRepo } from '../testing/gates-rig.ts';
import type { AskForge } from './run-forge-checks.ts';

it('are asked in every pass: a check that is run again at the forge counts, and so does one that turned red', async () => {
  const ci = { ...gate({ name: 'ci', kind: 'forge_checks', command: [] }), checks: ['build'] };
  using rig = await openGatesRig({ api: { 'a.js': '' } }, { api: wholeRepo(ci) });
  const states = ['failed', 'passed', 'failed'] as const;
  let asked = 0;
  const forge: AskForge = {
    ask: () => {
      const state = states[asked] ?? 'failed';
      asked += 1;
      const check = { name: 'build', state, detail: '', url: null, notes: [] };
      return Promise.resolve({ kind: 'checks', checks: [check] });
    },
    end: () => Promise.resolve(),
  };
  const revision = await rig.change(rig.git.base, { 'api/a.js': 'export {};\n' });
  const seen = [];
  for (const _ of states) seen.push((await rig.run(revision, { forge })).of('ci'));
  expect(seen.map(({ status, cached }) => [status, cached])).toEqual([
    ['fail', false],
    ['pass', false],
    ['fail', false],
  ]);
});

it('SEC-3: are not asked about what `hygiene` stops, nor about pipelines that nobody approved: a person is', async () => {
  const ci = { ...gate({ name: 'ci', kind: 'forge_checks', command: [] }), checks: ['build'] };
  using rig = await openGatesRig({ api: { 'a.js': '' } }, { api: wholeRepo(ci) });
  let asked = 0;
  const forge: AskForge = {
    ask: () => {
      asked += 1;
      const check = { name: 'build', state: 'passed' as const, detail: '', url: null, notes: [] };
      return Promise.resolve({ kind: 'checks', checks: [check] });
    },
    end: () => Promise.resolve(),
  };
  const workflow = { 'api/.github/workflows/ci.yml': 'on: push\n' };
  const token = ['ghp_', 'A1b2C3d4E5f6G7h8J9k0LmNpQrStUvWxYz12'].join('');
  const secret = { 'api/a.js': `export const t = '${token}';\n` };
  const leaky = await rig.change(rig.git.base, { ...workflow, ...secret });
  expect((await rig.run(leaky, { forge })).of('ci')).toMatchObject({
    status: 'error',
    summary: 'not pushed: `hygiene` stops the change as it is',
  });
  const steered = await rig.change(rig.git.base, workflow);
  const file = 'api/.github/workflows/ci.yml';
  expect((await rig.run(steered, { forge })).of('ci')).toMatchObject({
    status: 'error',
    summary: `not pushed before a person approved ${file}`,
    held_back: [file],
  });
  expect(asked).toBe(0);
  expect((await rig.run(steered, { forge, approvedConfig: true })).of('ci').status).toBe('pass');
  expect(asked).toBe(1);
});
