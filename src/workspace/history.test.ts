import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Finding, Revision } from '../core/results.ts';
import { createWorkspaces } from './open-workspaces.ts';
import { createRevision, revisionId } from './revision.ts';
import { userGit, writeFiles } from './temporary-repository.ts';
import { openWorkspacesRig, ROOMY, type WorkspacesRig } from './workspaces-rig.ts';

const LINES = Array.from({ length: 12 }, (_, n) => `line ${n}`);
const text = (changes: Record<number, string> = {}): string =>
  `${LINES.map((line, n) => changes[n] ?? line).join('\n')}\n`;
const FILES = { api: { 'a.txt': text() } };

function at(file: string | null, line: number | null, repo: string | null = null): Finding {
  const words = { id: 'f', fingerprint: 'f', source: 'review', problem: 'p', fix: 'x', owner: null };
  return { ...words, severity: 'major', blocking: true, repo, file, line };
}

describe('lastWriter', () => {
  it('names the revision that wrote the line last, over moved lines, and nobody for what the base wrote', async () => {
    using rig = await openWorkspacesRig(FILES);
    const one = (await rig.produce('one', rig.base, { 'a.txt': text({ 2: 'by one', 8: 'by one too' }) }))
      .revision;
    const two = (
      await rig.produce('two', one, {
        'a.txt': `on top\n${text({ 2: 'by one', 8: 'by two' })}`,
        'b.txt': 'b\n',
      })
    ).revision;
    const three = (await rig.produce('three', two, { 'c.txt': 'c\n' })).revision;
    const writers = async (...findings: Finding[]): Promise<number[]> =>
      Promise.all(
        findings.map((finding) => rig.workspaces.lastWriter(rig.runId, finding, [one, two, three])),
      );
    // Line 1 of the newest text is the added one: the others moved down.
    expect(await writers(at('a.txt', 1), at('a.txt', 4), at('a.txt', 10), at('a.txt', 6))).toEqual([
      1, 0, 1, -1,
    ]);
    expect(await writers(at('./b.txt', 1, 'api'), at('c.txt', null), at('a.txt', null))).toEqual([1, 2, 1]);
    // Past the end of the file: answered for the file.
    expect(
      await writers(at('a.txt', 999), at('nowhere.txt', 1), at(null, null), at('a.txt', 1, 'other')),
    ).toEqual([1, -1, -1, -1]);
    expect(await rig.workspaces.lastWriter(rig.runId, at('a.txt', 4), [])).toBe(-1);
    expect(await rig.workspaces.lastWriter(rig.runId, at('a.txt', 4), [rig.base])).toBe(-1);
  });

  it('sees through a merge to the side that wrote, and knows who removed a file', async () => {
    using rig = await openWorkspacesRig({ api: { 'a.txt': text(), 'gone.txt': 'x\n' } });
    const one = (await rig.produce('one', rig.base, { 'a.txt': text({ 1: 'by one' }) })).revision;
    const two = (await rig.produce('two', rig.base, { 'a.txt': text({ 10: 'by two' }) })).revision;
    const order = { runId: rig.runId, base: rig.base, message: 'm' };
    const merged = await rig.workspaces.merge({ ...order, sides: [one, two], key: 'm' });
    expect(merged.left).toEqual([]);
    const workspace = await rig.workspaces.open(rig.runId, 'rm', merged.revision);
    rmSync(join(workspace.dir, 'api', 'gone.txt'));
    const snapshot = { ...order, base: merged.revision, workspace, key: 'rm', limits: ROOMY };
    const removed = await rig.workspaces.snapshot(snapshot);
    const revisions = [one, two, merged.revision, removed.revision];
    const writer = (finding: Finding): Promise<number> =>
      rig.workspaces.lastWriter(rig.runId, finding, revisions);
    expect([
      await writer(at('a.txt', 2)),
      await writer(at('a.txt', 11)),
      await writer(at('gone.txt', 1)),
    ]).toEqual([0, 1, 3]);
  });
});

describe('squash', () => {
  function squash(
    rig: WorkspacesRig,
    head: Revision,
    trailers: Record<string, string> = {},
  ): Promise<{ repo: string; commit: string; changed: boolean }[]> {
    return rig.workspaces.squash({
      runId: rig.runId,
      base: rig.base,
      head,
      message: 'Add b\n\nWhy.\n',
      trailers,
    });
  }

  it('makes one commit on the base with the tree of the head, and trailers that no text can break', async () => {
    using rig = await openWorkspacesRig({ api: { a: 'a\n' }, web: { w: 'w\n' } });
    const one = (await rig.produce('one', rig.base, { b: 'b\n' })).revision;
    const two = (await rig.produce('two', one, { c: 'c\n' })).revision;
    const [api, web] = await squash(rig, two, { 'Baton-Run': 'run1', Note: 'a\nSigned-off-by: x' });
    expect(web).toEqual({ repo: 'web', commit: rig.repos[1]?.commit, changed: false });
    const store = rig.workspaces.storePath(rig.runId, 'api');
    const facts = userGit(store, 'show', '-s', '--format=%P %T %an%n%B', api?.commit ?? '');
    expect(facts).toBe(
      `${rig.repos[0]?.commit} ${two.repos[0]?.tree} Baton\nAdd b\n\nWhy.\n\nBaton-Run: run1\nNote: a Signed-off-by: x`,
    );
    expect(userGit(store, 'for-each-ref', '--points-at', api?.commit ?? '')).toContain('refs/baton/run1/');
  });

  it('KILL-2: makes the same commit again in another process at another time', async () => {
    using rig = await openWorkspacesRig(FILES);
    const { revision } = await rig.produce('one', rig.base, { b: 'b\n' });
    const first = await squash(rig, revision, { 'Baton-Run': 'run1' });
    const later = { now: (): Date => new Date('2040-01-01') };
    const next = createWorkspaces({ storeDir: rig.storeDir, workDir: rig.workDir, clock: later });
    const order = { runId: rig.runId, base: rig.base, head: revision, message: 'Add b\n\nWhy.\n' };
    expect(await next.squash({ ...order, trailers: { 'Baton-Run': 'run1' } })).toEqual(first);
    expect(await next.squash({ ...order, trailers: {} })).not.toEqual(first);
  });
});

describe('diff', () => {
  it('shows all repositories, each under its name, and stops at a whole line', async () => {
    using rig = await openWorkspacesRig({ api: { a: 'a\n' }, web: { w: 'w\n' }, docs: { d: 'd\n' } });
    const workspace = await rig.workspaces.open(rig.runId, 'k', rig.base);
    writeFiles(workspace.dir, { 'api/a': 'a2\n', 'web/w': 'w2\n', 'web/grüße': 'x\n' });
    const { revision } = await rig.snapshot(workspace);
    const all = await rig.workspaces.diff(rig.runId, rig.base, revision, 100_000);
    expect(all.truncated).toBe(false);
    expect(all.text.match(/^(---|\+\+\+) .*$/gm)).toEqual([
      '--- a/api/a',
      '+++ b/api/a',
      '--- /dev/null',
      '+++ b/web/grüße',
      '--- a/web/w',
      '+++ b/web/w',
    ]);
    const cut = await rig.workspaces.diff(rig.runId, rig.base, revision, 250);
    expect(cut.truncated).toBe(true);
    expect(Buffer.byteLength(cut.text)).toBeLessThanOrEqual(250);
    expect(cut.text.endsWith('\n')).toBe(true);
    expect(all.text.startsWith(cut.text)).toBe(true);
    expect(await rig.workspaces.diff(rig.runId, revision, revision, 10)).toEqual({
      text: '',
      truncated: false,
    });
    const changes = await rig.workspaces.changes(rig.runId, rig.base, revision);
    expect(changes.map(({ repo, path }) => `${repo}/${path}`)).toEqual(['api/a', 'web/grüße', 'web/w']);
  });
});

describe('revisionId', () => {
  it('is made of names and trees alone, in any order', () => {
    const one = { name: 'api', commit: 'c1', tree: 't1' };
    const two = { name: 'web', commit: 'c2', tree: 't2' };
    const { id } = createRevision([one, two]);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(revisionId([two, { ...one, commit: 'other' }])).toBe(id);
    const others = [
      [one],
      [
        { ...one, tree: 't2' },
        { ...two, tree: 't1' },
      ],
      [{ ...one, name: 'ap', tree: 'it1' }, two],
    ];
    for (const other of others) expect(revisionId(other)).not.toBe(id);
  });
});
