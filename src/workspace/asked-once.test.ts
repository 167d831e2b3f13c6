import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { appendFileSync, chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isBranchName } from '../forges/git-refs.ts';
import { createWorkspaces } from './open-workspaces.ts';
import { commitFiles, userGit } from './temporary-repository.ts';
import { openWorkspacesRig, ROOMY } from './workspaces-rig.ts';

/** The first word of each command that git is started with meanwhile. */
async function commandsOf(work: () => Promise<unknown>): Promise<string[]> {
  const words: string[] = [];
  const hear = (args: unknown): void =>
    void words.push((args as string[]).find((arg) => /^[a-z]+-?[a-z]*$/.test(arg)) ?? '');
  subscribe('baton.git', hear);
  try {
    await work();
  } finally {
    unsubscribe('baton.git', hear);
  }
  return words;
}

/** Every file of a git directory but the index, which knows times and inodes. */
function filesOf(gitDir: string): Record<string, string> {
  const names = readdirSync(gitDir, { recursive: true, encoding: 'utf8', withFileTypes: true });
  const files = names.filter((entry) => entry.isFile() && entry.name !== 'index');
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
  return Object.fromEntries(paths.map((path) => [path.slice(gitDir.length), readFileSync(path, 'latin1')]));
}

describe('what ids of content decide', () => {
  it('is asked of git once', async () => {
    using rig = await openWorkspacesRig({ api: { 'a.txt': 'one\n' } });
    const { workspaces, runId, base } = rig;
    const { revision } = await rig.produce('k', base, { 'a.txt': 'two\n', 'b.txt': 'b\n' });
    const order = { runId, base, head: revision, message: 'm', trailers: {} };
    const [made] = await workspaces.squash(order);
    const asked: Record<string, () => Promise<unknown>> = {
      changes: () => workspaces.changes(runId, base, revision),
      blobs: () => workspaces.changedBlobs(runId, base, revision),
      diff: () => workspaces.diff(runId, base, revision, 10_000),
      squash: () => workspaces.squash(order),
      'names of branches': () => isBranchName(workspaces.storePath(runId, 'api'), 'baton/x'),
    };
    for (const [what, ask] of Object.entries(asked)) {
      const first = await ask();
      expect(await commandsOf(async () => expect(await ask(), what).toEqual(first)), what).toEqual([]);
    }
    const other = await workspaces.squash({ ...order, message: 'other' });
    expect(other[0]?.commit).not.toBe(made?.commit);
    expect((await workspaces.diff(runId, base, revision, 20)).truncated).toBe(true);
    expect((await workspaces.diff(runId, revision, base, 10_000)).text).toContain('-two');
    // Dropped references are made again.
    await workspaces.dropRun(runId);
    await workspaces.squash(order);
    const kept = userGit(workspaces.storePath(runId, 'api'), 'for-each-ref', '--format=%(objectname)');
    expect(kept).toBe(made?.commit);
  });

  it('GIT-10: is a clone of a commit, too: the second is as the first was, whatever an agent did in that one', async () => {
    using rig = await openWorkspacesRig({ api: { 'a.txt': 'one\n' } }, (user) => {
      commitFiles(user('api'), { 'a.txt': 'two\n' }, 'Second');
    });
    const { workspaces, runId, base } = rig;
    const open = async (key: string, from = workspaces): Promise<string> =>
      (await from.open(runId, key, base)).repos[0]?.path ?? '';
    const first = await open('one');
    const gitDir = join(first, '.git');
    const fresh = filesOf(gitDir);
    for (const name of readdirSync(join(gitDir, 'objects/pack'))) {
      chmodSync(join(gitDir, 'objects/pack', name), 0o600);
      writeFileSync(join(gitDir, 'objects/pack', name), 'broken');
    }
    mkdirSync(join(gitDir, 'hooks'));
    writeFileSync(join(gitDir, 'hooks/post-checkout'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    appendFileSync(join(gitDir, 'config'), '[core]\n\thooksPath = hooks\n');
    let second = '';
    const commands = await commandsOf(async () => (second = await open('two')));
    expect(commands).toEqual(['read-tree']);
    expect(filesOf(join(second, '.git'))).toEqual(fresh);
    expect(userGit(second, 'status', '--porcelain')).toBe('');
    expect(userGit(second, 'log', '--format=%s')).toBe('Second\nChange');
    userGit(second, 'fsck', '--strict');
    userGit(second, 'tag', 'v1');
    commitFiles(second, { 'a.txt': 'three\n' }, 'Agent');
    const places = { storeDir: rig.storeDir, workDir: rig.workDir };
    expect(filesOf(join(await open('three', createWorkspaces(places)), '.git'))).toEqual(fresh);
    // Several that open the same commit at once wait for one of them.
    const { revision } = await rig.produce('k', base, { 'b.txt': 'b\n' });
    const many = await commandsOf(() =>
      Promise.all(['a', 'b', 'c'].map((key) => workspaces.open(runId, key, revision))),
    );
    expect(many.filter((word) => word === 'fetch')).toHaveLength(1);
  });

  it('is all that a snapshot asks: it starts nine commands', async () => {
    using rig = await openWorkspacesRig({ api: { 'a.txt': 'one\n' } });
    const { workspaces, runId, base } = rig;
    const workspace = await workspaces.open(runId, 'k', base);
    writeFileSync(join(workspace.repos[0]?.path ?? '', 'b.txt'), 'b\n');
    const commands = await commandsOf(() =>
      workspaces.snapshot({
        runId,
        workspace,
        base,
        message: 'm',
        key: 'k',
        limits: ROOMY,
        findSecrets: () => [],
      }),
    );
    expect(commands.join(' ')).toBe(
      'read-tree ls-files update-index diff-files add write-tree diff-tree commit-tree update-ref',
    );
  });
});
