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
