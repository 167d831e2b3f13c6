import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
  chmodSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createWorkspaces } from './open-workspaces.ts';
import { commitFiles, everyByte, userGit, writeFiles } from './temporary-repository.ts';
import { openWorkspacesRig } from './workspaces-rig.ts';
import { boundMs } from '../testing/time-bounds.ts';

describe('open', () => {
  it('gives the agent an ordinary clone with history, on branch work, without remotes and credentials', async () => {
    using rig = await openWorkspacesRig({ api: { 'a.txt': 'one\n' } }, (user) => {
      userGit(user('api'), 'config', 'credential.helper', 'store');
      userGit(user('api'), 'remote', 'add', 'origin', 'https://user:secret@example.com/api.git');
      commitFiles(user('api'), { 'a.txt': 'two\n' }, 'Second');
    });
    const { repos, dir } = await rig.workspaces.open(rig.runId, 'build/r1/work.x/a1', rig.base);
    const path = repos[0]?.path ?? '';
    expect(userGit(path, 'log', '--format=%s')).toBe('Second\nChange');
    expect(userGit(path, 'symbolic-ref', 'HEAD')).toBe('refs/heads/work');
    expect(userGit(path, 'remote')).toBe('');
    expect(userGit(path, 'status', '--porcelain')).toBe('');
    const config = readFileSync(join(path, '.git', 'config'), 'utf8');
    expect(config).not.toMatch(/remote|credential|secret|worktree|baton/i);
    expect(existsSync(join(path, '.git', 'objects', 'info', 'alternates'))).toBe(false);
    commitFiles(path, { 'a.txt': 'three\n' }, 'Agent');
    userGit(path, 'stash', 'list');
    expect(dir.startsWith(join(rig.workDir, rig.runId))).toBe(true);
  });

  it('shares no file with the store, so that an agent cannot write into it', async () => {
    using rig = await openWorkspacesRig({ api: { 'a.txt': 'one\n' } });
    const store = rig.workspaces.storePath(rig.runId, 'api');
    const { repos } = await rig.workspaces.open(rig.runId, 'k', rig.base);
    const before = everyByte(store);
    for (const name of readdirSync(join(repos[0]?.path ?? '', '.git', 'objects', 'pack'))) {
      const pack = join(repos[0]?.path ?? '', '.git', 'objects', 'pack', name);
      chmodSync(pack, 0o600);
      writeFileSync(pack, 'broken');
    }
    expect(everyByte(store)).toEqual(before);
  });

  it('GIT-4: makes the directory anew where an earlier one of that key is left over', async () => {
    using rig = await openWorkspacesRig({ api: { 'a.txt': 'one\n' } });
    const first = await rig.workspaces.open(rig.runId, 'k', rig.base);
    writeFiles(first.dir, { 'api/left-over.txt': 'x', 'stray/y': 'y' });
    const second = await rig.workspaces.open(rig.runId, 'k', rig.base);
    expect(second.dir).toBe(first.dir);
    expect(readdirSync(second.dir)).toEqual(['api']);
    expect(readdirSync(join(second.dir, 'api')).sort()).toEqual(['.git', 'a.txt']);
  });

  it('GIT-4: needs neither the branch nor the worktree registrations of the user, taken or stale as they are', async () => {
    using rig = await openWorkspacesRig({ api: { 'a.txt': 'one\n' } }, (user) => {
      userGit(user('api'), 'branch', 'work');
      userGit(user('api'), 'worktree', 'add', '--quiet', '../elsewhere', 'work');
      rmSync(join(user('api'), '..', 'elsewhere'), { recursive: true });
    });
    await rig.workspaces.open(rig.runId, 'k', rig.base);
    expect(userGit(rig.user('api'), 'worktree', 'list', '--porcelain')).toContain('elsewhere');
  });

  it('DUP-5: opens 13 workspaces at once for 13 runs that start at once on one repository', async () => {
    using rig = await openWorkspacesRig({ api: { 'a.txt': 'one\n' } });
    const fresh = { storeDir: join(rig.dir, 'other-state'), workDir: join(rig.dir, 'other-work') };
    const opened = await Promise.all(
      Array.from({ length: 13 }, async (_, n) => {
        const workspaces = createWorkspaces(fresh);
        const { repos, base } = await workspaces.inspect([{ path: rig.user('api'), ref: null }]);
        await workspaces.adopt(`run${n}`, repos);
        return workspaces.open(`run${n}`, 'k', base);
      }),
    );
    const texts = opened.map(({ repos }) => readFileSync(join(repos[0]?.path ?? '', 'a.txt'), 'utf8'));
    expect(texts).toEqual(Array.from({ length: 13 }, () => 'one\n'));
    expect(new Set(opened.map(({ dir }) => dir)).size).toBe(13);
  });

  it('refuses to put workspaces inside a repository', async () => {
    using rig = await openWorkspacesRig({ api: { 'a.txt': 'one\n' } });
    const inside = createWorkspaces({ storeDir: rig.storeDir, workDir: join(rig.user('api'), 'tmp') });
    await expect(inside.adopt('run2', rig.repos)).rejects.toMatchObject({ code: 'E_USAGE' });
    expect(readdirSync(rig.user('api')).sort()).toEqual(['.git', 'a.txt']);
  });
});

describe('checkout', () => {
  it('holds exactly the files of the commit and no git directory', async () => {
    using rig = await openWorkspacesRig({ api: { 'a.txt': 'one\n', 'd/run.sh': '#!/bin/sh\n' } }, (user) => {
      chmodSync(join(user('api'), 'd/run.sh'), 0o755);
      symlinkSync('a.txt', join(user('api'), 'link'));
      commitFiles(user('api'), {});
    });
    const { repos } = await rig.workspaces.checkout(rig.runId, 'gates/1', rig.base);
    const path = repos[0]?.path ?? '';
    expect(readdirSync(path).sort()).toEqual(['a.txt', 'd', 'link']);
    expect(readFileSync(join(path, 'link'), 'utf8')).toBe('one\n');
    expect(() => readFileSync(join(path, '.git', 'HEAD'))).toThrow();
  });
});

describe('fingerprint', () => {
  it('changes with content, names, rights and links, and with nothing in the git directory', async () => {
    using rig = await openWorkspacesRig({ api: { 'a.txt': 'one\n', '.gitignore': 'ignored\n' } });
    const workspace = await rig.workspaces.open(rig.runId, 'k', rig.base);
    const path = workspace.repos[0]?.path ?? '';
    const prints = [await rig.workspaces.fingerprint(workspace)];
    userGit(path, 'tag', 'mine');
    expect(await rig.workspaces.fingerprint(workspace)).toBe(prints[0]);
    const writes = [
      (): void => writeFiles(path, { ignored: 'x' }),
      (): void => writeFiles(path, { 'a.txt': 'eno\n' }),
      (): void => chmodSync(join(path, 'a.txt'), 0o755),
      (): void => symlinkSync('/etc/passwd', join(path, 'l')),
      (): void => mkdirSync(join(path, 'empty')),
      (): void => writeFiles(workspace.dir, { beside: 'x' }),
      (): void => void userGit(path, 'init', '--quiet', 'empty'),
    ];
    for (const write of writes) {
      write();
      const now = await rig.workspaces.fingerprint(workspace);
      expect(prints).not.toContain(now);
      prints.push(now);
    }
  });
});

describe('close', () => {
  it('GIT-13: removes the directories of the run and nothing outside, and keeps its work under refs', async () => {
    using rig = await openWorkspacesRig({ api: { 'a.txt': 'one\n' } });
    writeFiles(rig.dir, { 'precious/x': 'x' });
    const { revision } = await rig.produce('build/a1', rig.base, { 'b.txt': 'unpushed\n' });
    const left = await rig.workspaces.open(rig.runId, 'k2', revision);
    const leftPath = left.repos[0]?.path ?? '';
    symlinkSync(join(rig.dir, 'precious'), join(leftPath, 'out'));
    mkdirSync(join(leftPath, 'read-only/deep'), { recursive: true });
    chmodSync(join(leftPath, 'read-only'), 0o500);
    await rig.workspaces.closeRun(rig.runId);
    expect(existsSync(join(rig.workDir, rig.runId))).toBe(false);
    expect(readFileSync(join(rig.dir, 'precious/x'), 'utf8')).toBe('x');
    const store = rig.workspaces.storePath(rig.runId, 'api');
    const refs = userGit(store, 'for-each-ref', '--format=%(objectname)', `refs/baton/${rig.runId}/`);
    expect(refs).toContain(revision.repos[0]?.commit);
    userGit(store, '-c', 'gc.pruneExpire=now', 'gc', '--quiet');
    expect(userGit(store, 'show', `${revision.repos[0]?.commit}:b.txt`)).toBe('unpushed');
  });

  it('refuses to remove a directory that is no workspace', async () => {
    using rig = await openWorkspacesRig({ api: { 'a.txt': 'one\n' } });
    for (const dir of [
      rig.user('api'),
      rig.workDir,
      join(rig.workDir, rig.runId),
      join(rig.workDir, '..', 'x'),
    ]) {
      await expect(rig.workspaces.close({ dir, repos: [] })).rejects.toMatchObject({
        code: 'E_PATH_OUTSIDE',
      });
    }
    expect(existsSync(rig.user('api'))).toBe(true);
  });

  it('KILL-9: goes on from the recorded commits after the work directory was emptied', async () => {
    using rig = await openWorkspacesRig({ api: { 'a.txt': 'one\n' } });
    const { revision } = await rig.produce('build/a1', rig.base, { 'b.txt': 'accepted\n' });
    rmSync(rig.workDir, { recursive: true });
    rmSync(rig.user('api'), { recursive: true });
    const next = createWorkspaces({ storeDir: rig.storeDir, workDir: rig.workDir });
    await next.adopt(rig.runId, rig.repos);
    const { repos } = await next.open(rig.runId, 'build/a2', revision);
    expect(readFileSync(join(repos[0]?.path ?? '', 'b.txt'), 'utf8')).toBe('accepted\n');
    rmSync(rig.workDir, { recursive: true });
    await next.closeRun(rig.runId);
  });
});

it('prints what git costs per invocation on a repository of 200 files', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 200 }, (_, n) => [`src/d${n % 20}/f${n}.ts`, `${n}\n`.repeat(60)]),
  );
  using rig = await openWorkspacesRig({ api: files });
  const took: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now();
    const { revision } = await rig.produce(`k${round}`, rig.base, {
      'src/new.ts': `${round}\n`,
      'src/d0/f0.ts': 'x\n',
    });
    await rig.workspaces.checkout(rig.runId, `g${round}`, revision);
    took.push(performance.now() - start);
  }
  const start = performance.now();
  const other = createWorkspaces({ storeDir: join(rig.dir, 's2'), workDir: rig.workDir });
  await other.adopt('run2', (await other.inspect([{ path: rig.user('api'), ref: null }])).repos);
  const adopted = performance.now() - start;
  const median = took.sort((a, b) => a - b)[2] ?? 0;
  console.log(
    `open + snapshot + checkout: ${median.toFixed(0)} ms; inspect + adopt: ${adopted.toFixed(0)} ms`,
  );
  expect(median).toBeLessThan(boundMs(5_000));
});

it('works on several repositories of one name under names of their own', async () => {
  using rig = await openWorkspacesRig({ 'a/api': { 'a.txt': 'a\n' }, 'b/api': { 'a.txt': 'b\n' } });
  expect(rig.repos.map(({ name }) => name)).toEqual(['api', 'api-2']);
  const { repos } = await rig.workspaces.open(rig.runId, 'k', rig.base);
  expect(repos.map(({ path }) => readFileSync(join(path, 'a.txt'), 'utf8'))).toEqual(['a\n', 'b\n']);
});
