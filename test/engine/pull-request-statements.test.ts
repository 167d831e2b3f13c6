/** A statement at a forge on loopback: where it stands, and what `verify` says of the pull request's address. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openCli } from '../../src/cli/testing/captured-context.ts';
import { createSigningKey } from '../../src/engine/signing.ts';
import { BLOCK } from '../../src/proof/baton-verify.mts';
import { openFakeForge } from '../../src/testing/fake-forge/fake-forge.ts';
import { driveRig, git, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { openPlay, playWell } from './plays.ts';

const TOKEN = 'ghp-loopback-token-0817-dddd';
const ADA = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];

it('AUD-6: a pull request carries its statement, and verify says of its address what became of it', async () => {
  await using rig = await openPlay(playWell, { ...process.env, GH_ENTERPRISE_TOKEN: TOKEN });
  const key = createSigningKey(rig.signingKey);
  mkdirSync(join(rig.api, '.baton'));
  writeFileSync(join(rig.api, '.baton', 'signers'), `ada ${key.line}\n`);
  git(rig.api, 'add', '-Af');
  git(rig.api, ...ADA, 'commit', '-q', '-m', 'Allow a key');
  await using server = await openFakeForge({ dir: join(rig.dir, 'server'), token: TOKEN });
  git(rig.api, 'remote', 'add', 'origin', server.addRepository('acme/api', rig.api));
  // Somebody's program edits it before it is ready.
  server.onCall = (call) => {
    const [pull] = server.pulls;
    if (call !== 'find_pull' || pull === undefined) return;
    server.onCall = null;
    pull.body = pull.body.replace('"payload":"', '"payload":"AAAA').replace('Do the thing', 'Do this thing');
  };
  const build = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' } as const;
  const { graph, agents } = sequenceGraph([build], { submit: true });
  const runId = await startRigRun(rig.engine, { graph, agents, repos: [rig.api], forge: 'github' });
  expect((await driveRig(rig.engine, runId)).status).toBe('done');
  expect(server.onCall).toBeNull();
  const [pull] = server.pulls;
  if (pull === undefined) throw new Error('no pull request');
  expect(pull.body.split(BLOCK.begin)).toHaveLength(2);
  expect(pull.body).toContain('Do this thing');

  const address = `${server.url}/acme/api/pull/1`;
  const verify = async (home: string, ...more: string[]): Promise<[code: number, out: string]> => {
    using cli = openCli({ BATON_HOME: home, GH_ENTERPRISE_TOKEN: TOKEN });
    const { code, out, err } = await cli.run('verify', address, ...more);
    return [code, `${out}${err}`];
  };
  const here = ['--repo', rig.api];
  expect(await verify(rig.stateDir, ...here)).toEqual([
    0,
    expect.stringContaining('the journal of the run says the same'),
  ]);
  expect(await verify('/nonexistent', ...here)).toEqual([
    0,
    expect.stringContaining(`ada (${key.fingerprint})`),
  ]);

  // Nobody's address gets the token of a server that this repository has nothing to do with.
  const asked = server.calls.length;
  expect(await verify('/nonexistent')).toEqual([2, expect.stringContaining('No token was sent')]);
  expect(server.calls.slice(asked)).toEqual([
    { call: 'find_pull', repository: 'acme/api', authorized: false },
  ]);

  const honest = pull.body;
  const said = async (body: string): Promise<unknown[]> => {
    pull.body = body;
    const [code, out] = await verify('/nonexistent', ...here);
    pull.body = honest;
    return [code, /^✗ (\w+)/.exec(out)?.[1]];
  };
  expect(await said(honest.replace('Do this thing', 'Other words'))).toEqual([0, undefined]);
  expect(await said(honest.replace('"payload":"', '"payload":"AAAA'))).toEqual([5, 'edited']);
  expect(await said(honest.slice(0, honest.indexOf(BLOCK.begin)))).toEqual([5, 'no_statement']);
  const line = /Journal: event (\d+), `([0-9a-f]{64})`\. /;
  expect(honest).toMatch(line);
  expect(await said(honest.replace(line, (each, seq: string) => each.replace(seq, '3')))).toEqual([
    5,
    'other_anchor',
  ]);
  expect(
    await said(honest.replace(line, (each, _, hash: string) => each.replace(hash, '0'.repeat(64)))),
  ).toEqual([5, 'other_anchor']);
  expect(await said(honest.replace(line, ''))).toEqual([5, 'other_anchor']);
  const where = server.pathOf('acme/api');
  const tree = git(where, 'rev-parse', `${pull.head}^{tree}`).trim();
  const late = git(where, ...ADA, 'commit-tree', '-p', pull.head, '-m', 'One more', tree).trim();
  git(where, 'update-ref', `refs/heads/${pull.head}`, late);
  expect(await said(honest)).toEqual([5, 'other_commit']);
});
