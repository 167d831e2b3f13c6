import { chmodSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Revision } from '../core/results.ts';
import { lostPaths } from './containment.ts';
import { userGit, writeFiles } from './temporary-repository.ts';
import { openWorkspacesRig, type WorkspacesRig } from './workspaces-rig.ts';
import type { MergeResult } from './workspaces.ts';

const LINES = Array.from({ length: 30 }, (_, n) => `line ${n}`);
const text = (changes: Record<number, string> = {}): string =>
  `${LINES.map((line, n) => changes[n] ?? line).join('\n')}\n`;
const FILES = { api: { 'a.txt': text(), 'b.txt': 'b\n' } };

function merge(rig: WorkspacesRig, ...sides: Revision[]): Promise<MergeResult> {
  return rig.workspaces.merge({
    runId: rig.runId,
    base: rig.base,
    sides,
    message: 'Bring together',
    key: 'merge/r1',
  });
}

function show(rig: WorkspacesRig, revision: Revision, path: string): string {
  return userGit(rig.workspaces.storePath(rig.runId, 'api'), 'show', `${revision.repos[0]?.commit}:${path}`);
}

async function side(rig: WorkspacesRig, key: string, files: Record<string, string>): Promise<Revision> {
  return (await rig.produce(key, rig.base, files)).revision;
}

function mergedOf(result: MergeResult): Revision {
  expect(result.left).toEqual([]);
  return result.revision;
}

describe('merge', () => {
  it('brings three sides together, also where they changed one file in different places', async () => {
    using rig = await openWorkspacesRig(FILES);
    const sides = [
      await side(rig, 'one', { 'a.txt': text({ 2: 'first' }), 'one.txt': '1\n' }),
      await side(rig, 'two', { 'a.txt': text({ 25: 'second' }) }),
      await side(rig, 'three', { 'b.txt': 'third\n' }),
    ];
    const merged = mergedOf(await merge(rig, ...sides));
    expect(show(rig, merged, 'a.txt')).toBe(text({ 2: 'first', 25: 'second' }).trim());
    expect([show(rig, merged, 'one.txt'), show(rig, merged, 'b.txt')]).toEqual(['1', 'third']);
    const store = rig.workspaces.storePath(rig.runId, 'api');
    const parents = userGit(store, 'show', '-s', '--format=%P', merged.repos[0]?.commit ?? '');
    expect(parents).toBe(sides.map(({ repos }) => repos[0]?.commit).join(' '));
    expect(userGit(store, 'for-each-ref', '--points-at', merged.repos[0]?.commit ?? '')).toContain(
      'refs/baton/run1/',
    );
    expect(mergedOf(await merge(rig, ...sides))).toEqual(merged);
  });

  it('resolves nothing by force: leaves the later side out whole, and names the two and the paths', async () => {
    using rig = await openWorkspacesRig(FILES);
    const sides = [
      await side(rig, 'one', { 'b.txt': 'x\n' }),
      await side(rig, 'two', { 'a.txt': text({ 2: 'mine' }) }),
      await side(rig, 'three', { 'new.txt': 'n\n' }),
      await side(rig, 'four', { 'a.txt': text({ 2: 'yours' }) }),
    ];
    const result = await merge(rig, ...sides);
    expect(result.left).toEqual([{ side: 3, against: 1, paths: ['api/a.txt'] }]);
    expect(result.revision).toEqual(mergedOf(await merge(rig, ...sides.slice(0, 3))));
  });

  it('is a conflict where one side renames or removes what the other changes', async () => {
    using rig = await openWorkspacesRig(FILES);
    const changed = await side(rig, 'one', { 'a.txt': text({ 2: 'first' }) });
    const acts = [
      (path: string): void => renameSync(join(path, 'a.txt'), join(path, 'c.txt')),
      (path: string): void => rmSync(join(path, 'a.txt')),
    ];
    for (const [index, act] of acts.entries()) {
      const workspace = await rig.workspaces.open(rig.runId, `act${index}`, rig.base);
      act(workspace.repos[0]?.path ?? '');
      const { revision } = await rig.snapshot(workspace, `act${index}`);
      expect((await merge(rig, changed, revision)).left).toMatchObject([{ side: 1, against: 0 }]);
    }
  });

  it('takes the same change of two sides once, and keeps the commit where only one side changed anything', async () => {
    using rig = await openWorkspacesRig(FILES);
    const one = await side(rig, 'one', { 'a.txt': text({ 2: 'same', 20: 'mine' }) });
    const two = await side(rig, 'two', { 'a.txt': text({ 2: 'same' }) });
    expect(show(rig, mergedOf(await merge(rig, one, two)), 'a.txt')).toBe(
      text({ 2: 'same', 20: 'mine' }).trim(),
    );
    expect(mergedOf(await merge(rig, rig.base, one, rig.base))).toEqual(one);
    expect(mergedOf(await merge(rig, rig.base, rig.base))).toEqual(rig.base);
  });

  it('takes a side that was done again on another one’s tree as it is, beside a third one', async () => {
    using rig = await openWorkspacesRig(FILES);
    const one = await side(rig, 'one', { 'a.txt': text({ 2: 'first' }) });
    const { revision: two } = await rig.produce('two', one, { 'a.txt': text({ 2: 'first and second' }) });
    const three = await side(rig, 'three', { 'a.txt': text({ 25: 'third' }) });
    expect(mergedOf(await merge(rig, one, two))).toEqual(two);
    expect(mergedOf(await merge(rig, two, one))).toEqual(two);
    expect(mergedOf(await merge(rig, one, one))).toEqual(one);
    const merged = mergedOf(await merge(rig, one, three, two));
    expect(show(rig, merged, 'a.txt')).toBe(text({ 2: 'first and second', 25: 'third' }).trim());
    const clash = await side(rig, 'clash', { 'a.txt': text({ 2: 'other' }) });
    expect((await merge(rig, one, two, clash)).left).toMatchObject([{ side: 2, against: 1 }]);
  });

  it('keeps a change of rights beside a change of text', async () => {
    using rig = await openWorkspacesRig(FILES);
    const workspace = await rig.workspaces.open(rig.runId, 'x', rig.base);
    chmodSync(join(workspace.repos[0]?.path ?? '', 'a.txt'), 0o755);
    const { revision } = await rig.snapshot(workspace, 'x');
    const merged = mergedOf(
      await merge(rig, revision, await side(rig, 'one', { 'a.txt': text({ 2: 'first' }) })),
    );
    const tree = userGit(
      rig.workspaces.storePath(rig.runId, 'api'),
      'ls-tree',
      merged.repos[0]?.tree ?? '',
      'a.txt',
    );
    expect(tree).toMatch(/^100755/);
  });

  it('takes a side in all repositories or in none', async () => {
    using rig = await openWorkspacesRig({ api: { a: 'a\n' }, web: { w: 'w\n' } });
    const sides: Revision[] = [];
    for (const word of ['one', 'two']) {
      const workspace = await rig.workspaces.open(rig.runId, word, rig.base);
      writeFiles(workspace.dir, { [`api/${word}`]: 'new\n', 'web/w': `${word}\n` });
      sides.push((await rig.snapshot(workspace, word)).revision);
    }
    const result = await merge(rig, ...sides);
    expect(result.left).toEqual([{ side: 1, against: 0, paths: ['web/w'] }]);
    expect(result.revision.repos.map(({ tree }) => tree)).toEqual(sides[0]?.repos.map(({ tree }) => tree));
  });
});

describe('containment', () => {
  it('finds what a wrong merge lost or made up', async () => {
    using rig = await openWorkspacesRig(FILES);
    const [one, two] = [
      await side(rig, 'one', { 'a.txt': text({ 2: 'first' }), 'one.txt': '1\n' }),
      await side(rig, 'two', { 'a.txt': text({ 25: 'second' }) }),
    ].map(({ repos }) => repos[0]?.tree ?? '');
    const lost = async (files: Record<string, string>): Promise<string[]> => {
      const merged = (await side(rig, 'wrong', files)).repos[0]?.tree ?? '';
      const base = rig.base.repos[0]?.tree ?? '';
      return lostPaths({
        store: rig.workspaces.storePath(rig.runId, 'api'),
        base,
        sides: [one ?? '', two ?? ''],
        merged,
      });
    };
    const good = { 'a.txt': text({ 2: 'first', 25: 'second' }), 'one.txt': '1\n' };
    expect(await lost(good)).toEqual([]);
    expect(await lost({ ...good, 'a.txt': text({ 2: 'first' }) })).toEqual(['a.txt']);
    expect(await lost({ ...good, 'a.txt': text({ 2: 'first', 25: 'second', 9: 'more' }) })).toEqual([
      'a.txt',
    ]);
    expect(await lost({ ...good, 'one.txt': 'other\n' })).toEqual(['one.txt']);
    expect(await lost({ 'a.txt': good['a.txt'] })).toEqual(['one.txt']);
    expect(await lost({ ...good, 'made-up.txt': 'x\n' })).toEqual(['made-up.txt']);
  });
});
