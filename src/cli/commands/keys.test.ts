import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSigners } from '../../proof/baton-verify.mts';
import { openCli } from '../testing/captured-context.ts';

it('AUD-3: makes a key that only its owner can read, once, and prints the half that others may have', async () => {
  using cli = openCli();
  const file = join(cli.dir, '.config', 'baton', 'signing-key');
  const none = await cli.run('keys');
  expect([none.code, none.err]).toEqual([2, expect.stringContaining('E_SIGNING_KEY')]);
  const made = await cli.run('keys', 'new');
  expect(made.code).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const kept = readFileSync(file, 'utf8');
  const shown = JSON.parse((await cli.run('keys', 'show', '--json')).out) as Record<string, string>;
  expect(made.out).toContain(shown['signers_line']);
  const { signers } = readSigners(shown['signers_line'] ?? '');
  expect(signers).toMatchObject([{ fingerprint: shown['fingerprint'], name: 'ada@here' }]);
  for (const line of kept.split('\n').filter((each) => each !== '')) expect(made.out).not.toContain(line);
  const again = await cli.run('keys', 'new');
  expect([again.code, again.err]).toEqual([2, expect.stringContaining('already')]);
  expect(readFileSync(file, 'utf8')).toBe(kept);
});

it('AUD-3: refuses a key that others can read, that lies in a repository, or that is none; and agents', async () => {
  using cli = openCli({ BATON_SIGNING_KEY: 'keys/mine' });
  expect((await cli.run('keys', 'new')).code).toBe(0);
  chmodSync(join(cli.dir, 'keys', 'mine'), 0o640);
  expect((await cli.run('keys')).err).toContain('Others can read');
  chmodSync(join(cli.dir, 'keys', 'mine'), 0o600);
  writeFileSync(join(cli.dir, 'keys', 'mine'), 'something');
  const other = await cli.run('keys');
  expect(other.err).toContain('no ed25519 key');
  expect(other.err).not.toContain('something');
  mkdirSync(join(cli.dir, '.git'));
  expect((await cli.run('keys')).err).toContain('lies in the repository');
  using agent = openCli({ BATON_INVOCATION: 'build/one/r1/work/a1' });
  expect((await agent.run('keys', 'new')).err).toContain('E_NESTED_RUN');
});

it('a folder that only names signers is no store', async () => {
  using cli = openCli();
  mkdirSync(join(cli.dir, '.baton'));
  writeFileSync(join(cli.dir, '.baton', 'signers'), '');
  expect((await cli.run('runs')).err).toContain('E_NOT_FOUND');
  expect(readdirSync(join(cli.dir, '.baton'))).toEqual(['signers']);
});
