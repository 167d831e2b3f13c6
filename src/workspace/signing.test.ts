import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWorkspaces } from './open-workspaces.ts';
import { signingOf, type SignWay } from './signing.ts';
import { userGit } from './temporary-repository.ts';
import type { Workspaces } from './workspaces.ts';
import { openWorkspacesRig, type WorkspacesRig } from './workspaces-rig.ts';

const has = (program: string, ...args: string[]): boolean => {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
};
const SSH = has('ssh-keygen', '-V');
const GPG = has('gpg', '--version');

/** A person with a home, and a repository `api` of theirs with one change of a run. */
async function openPerson() {
  const rig = await openWorkspacesRig({ api: { a: 'a\n' } });
  const home = join(rig.dir, 'home');
  mkdirSync(home);
  const environment = { HOME: home, PATH: process.env['PATH'], GNUPGHOME: join(home, 'gnupg') };
  const { revision } = await rig.produce('one', rig.base, { b: 'b\n' });
  const open = (): Workspaces =>
    createWorkspaces({ storeDir: rig.storeDir, workDir: rig.workDir, environment });
  const squash = async (way: SignWay | null, workspaces = open()): Promise<string> => {
    const [made] = await workspaces.squash({
      runId: rig.runId,
      base: rig.base,
      head: revision,
      message: 'Add b\n',
      trailers: { 'Baton-Run': rig.runId },
      identity: { author: { name: 'Ada', email: 'ada@example.org' }, committer: null },
      ...(way === null ? {} : { sign: { way, paths: { api: rig.user('api') } } }),
    });
    return made?.commit ?? '';
  };
  return { rig, home, environment, squash, open, [Symbol.dispose]: () => rig[Symbol.dispose]() };
}

/** A signature of this kind of key is another one each time. */
function makeSshKey(home: string, passphrase = ''): string {
  const key = join(home, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', passphrase, '-C', 'ada', '-f', key]);
  return key;
}

function verify(rig: WorkspacesRig, home: string, commit: string): string {
  const store = rig.workspaces.storePath(rig.runId, 'api');
  const signers = join(home, 'signers');
  const key = execFileSync('cat', [join(home, 'key.pub')], { encoding: 'utf8' });
  writeFileSync(signers, `ada@example.org ${key}`);
  userGit(store, '-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-commit', commit);
  return userGit(store, 'log', '-1', '--format=%an <%ae>|%cn', commit);
}

describe.skipIf(!SSH)('a signed commit', () => {
  it('KILL-2: is made once and found again, whoever asks, at the same time or in another process', async () => {
    using person = await openPerson();
    const { rig, home, squash, open } = person;
    writeFileSync(join(home, '.gitconfig'), `[user]\nsigningKey = ${makeSshKey(home)}\n`);
    const workspaces = open();
    const made = await Promise.all([squash('ssh', workspaces), squash('ssh', workspaces), squash('ssh')]);
    expect(new Set(made).size).toBe(1);
    expect(await squash('ssh')).toBe(made[0]);
    expect(verify(rig, home, made[0] ?? '')).toBe('Ada <ada@example.org>|Baton');
    const plain = await squash(null);
    expect(() => verify(rig, home, plain)).toThrow();
    expect(userGit(rig.workspaces.storePath(rig.runId, 'api'), 'diff', plain, made[0] ?? '')).toBe('');
  });

  it('is signed as the configuration of git says, or not at all', async () => {
    using person = await openPerson();
    const { rig, home, squash } = person;
    const key = makeSshKey(home);
    const settings = (sign: boolean): string =>
      `[user]\nsigningKey = ${key}\n[gpg]\nformat = ssh\n[commit]\ngpgSign = ${sign}\n`;
    writeFileSync(join(home, '.gitconfig'), settings(false));
    expect(await squash('git')).toBe(await squash(null));
    writeFileSync(join(home, '.gitconfig'), settings(true));
    verify(rig, home, await squash('git'));
  });

  it('GIT-10: is signed by no program that the configuration of the repository names', async () => {
    using person = await openPerson();
    const { rig, home, squash } = person;
    writeFileSync(join(home, '.gitconfig'), `[user]\nsigningKey = ${makeSshKey(home)}\n`);
    const evil = join(rig.dir, 'evil');
    writeFileSync(evil, `#!/bin/sh\ntouch ${rig.dir}/canary\n`);
    chmodSync(evil, 0o755);
    userGit(rig.user('api'), 'config', 'gpg.ssh.program', evil);
    verify(rig, home, await squash('ssh'));
    expect(existsSync(join(rig.dir, 'canary'))).toBe(false);
  });

  it('with a locked key fails at once in place of waiting for a passphrase', async () => {
    using person = await openPerson();
    const { home, squash } = person;
    writeFileSync(join(home, '.gitconfig'), `[user]\nsigningKey = ${makeSshKey(home, 'secret')}\n`);
    await expect(squash('ssh')).rejects.toMatchObject({ code: 'E_GIT' });
  });

  it('is said to be impossible before a run, where the key is not there', async () => {
    using person = await openPerson();
    const { rig, home, open } = person;
    const problem = (): Promise<string | null> => open().signingProblem('ssh', rig.user('api'));
    expect(await problem()).toContain('no `user.signingKey`');
    writeFileSync(join(home, '.gitconfig'), '[user]\nsigningKey = ~/gone\n');
    expect(await problem()).toContain('no such file');
    writeFileSync(join(home, 'gone'), '');
    expect(await problem()).toBeNull();
  });
});

it.skipIf(!GPG)('a commit is signed with a key of gpg', async () => {
  using person = await openPerson();
  const { rig, environment, squash } = person;
  mkdirSync(environment.GNUPGHOME, { mode: 0o700 });
  const gpg = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    gpg('gpg', '--batch', '--passphrase', '', '--quick-gen-key', 'ada@example.org', 'ed25519', 'sign');
    writeFileSync(join(person.home, '.gitconfig'), '[user]\nsigningKey = ada@example.org\n');
    expect((await signingOf('gpg', rig.user('api'), environment))?.env).toMatchObject({
      GIT_CONFIG_VALUE_0: 'openpgp',
    });
    const commit = await squash('gpg');
    expect(await squash('gpg')).toBe(commit);
    const store = rig.workspaces.storePath(rig.runId, 'api');
    expect(userGit(store, 'cat-file', 'commit', commit)).toContain('BEGIN PGP SIGNATURE');
    execFileSync('git', ['verify-commit', commit], { cwd: store, env: environment, stdio: 'ignore' });
  } finally {
    gpg('gpgconf', '--kill', 'all');
  }
});
