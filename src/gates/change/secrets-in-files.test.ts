import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { openGatesRig, wholeRepo } from '../testing/gates-rig.ts';

/** Made anew each time: no key stands in this repository. */
const key = () => `ghp_${randomBytes(27).toString('base64').replace(/[+/]/gu, 'b7')}`.slice(0, 40);
const [OWN, OLD] = [key(), key()];
/** As ASCII text is in UTF-16: with a NUL byte behind each sign, or before it. */
const little = (text: string) => text.replace(/./gsu, '$&\0');
const big = (text: string) => text.replace(/./gsu, '\0$&');

async function secretsOf(files: Record<string, string | null>): Promise<[string | null, boolean][]> {
  const base = { 'old.bin': `\0${OLD}\0${'x'.repeat(400)}`, 'a.txt': 'a\n' };
  using rig = await openGatesRig({ api: base }, { api: wholeRepo() });
  const { findings } = (await rig.run(await rig.change(rig.git.base, files))) ?? { findings: [] };
  expect(JSON.stringify(findings)).not.toContain(OWN);
  return findings.flatMap(({ problem, file, blocking }) =>
    problem.startsWith('E_SECRET') ? [[file, blocking] as [string | null, boolean]] : [],
  );
}

it.each([
  ['UTF-16, little end first', little(`token = ${OWN}\n`)],
  ['UTF-16, big end first', big(`token = ${OWN}\n`)],
  ['text with a NUL byte', `\0token\n${OWN}\n`],
  ['records between NUL bytes', `key\0${OWN}\0more`],
])('SEC-1: a token in a file that git calls binary stops the change: %s', async (_, text) => {
  expect(await secretsOf({ 'api/new.bin': text, 'api/a.txt': 'b\n' })).toEqual([['new.bin', true]]);
});

it('SEC-1: what a binary file had already, also under another name, stops nothing', async () => {
  const kept = `\0${OLD}\0${'x'.repeat(400)}`;
  expect(await secretsOf({ 'api/old.bin': `${kept} more` })).toEqual([]);
  expect(await secretsOf({ 'api/old.bin': null, 'api/new.bin': kept })).toEqual([]);
  expect(await secretsOf({ 'api/old.bin': `${kept}\0${OWN}` })).toEqual([['old.bin', true]]);
});
