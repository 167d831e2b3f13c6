import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rehearseRevert } from './rehearse-revert.ts';
import type { RepoRevision } from './revision.ts';
import { createRepository, temporaryDirectory, userGit } from './temporary-repository.ts';

/** A bare store with two commits: the files, and what `change` makes of them. */
function openStore(files: Record<string, string>, change: (path: string) => void) {
  const dir = temporaryDirectory();
  const path = createRepository(join(dir, 'user'), files);
  const base = revisionAt(path);
  change(path);
  userGit(path, 'add', '--all');
  userGit(path, 'commit', '--quiet', '-m', 'Change');
  const head = revisionAt(path);
  const store = join(dir, 'store.git');
  userGit(dir, 'clone', '--quiet', '--bare', path, store);
  return {
    store,
    base,
    head,
    rehearse: (more: { base?: RepoRevision } = {}) =>
      rehearseRevert({ store, dir: join(dir, 'scratch'), base, head, ...more }),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function revisionAt(path: string): RepoRevision {
  return {
    name: 'api',
    commit: userGit(path, 'rev-parse', 'HEAD'),
    tree: userGit(path, 'rev-parse', 'HEAD^{tree}'),
  };
}

const BOTH = [
  { way: 'commit', problem: null },
  { way: 'merge', problem: null },
];

describe('the rehearsal of a revert', () => {
  it('R48: brings back deleted, changed, renamed, linked and binary files, with their modes, and leaves the store as it was', async () => {
    using rig = openStore({ 'a.txt': 'one\n', 'run.sh': '#!/bin/sh\n', 'old/b.txt': 'b\nb\nb\n' }, (path) => {
      rmSync(join(path, 'a.txt'));
      symlinkSync('run.sh', join(path, 'a.txt'));
      chmodSync(join(path, 'run.sh'), 0o755);
      userGit(path, 'mv', 'old', 'new');
      writeFileSync(join(path, 'c.bin'), Buffer.from([0, 1, 2, 255]));
    });
    const held = (): unknown => [
      userGit(rig.store, 'for-each-ref'),
      readdirSync(rig.store, { recursive: true, encoding: 'utf8' }).sort(),
    ];
    const before = held();
    expect(await rig.rehearse()).toEqual({ repo: 'api', ways: BOTH, leaves: [] });
    expect(held()).toEqual(before);
  });

  it('R48: names what git puts back in part only: submodules, filters, names that differ in case', async () => {
    using rig = openStore({ 'README.md': '# api\n', '.gitattributes': '' }, (path) => {
      userGit(path, 'mv', 'README.md', 'Readme.md');
      writeFileSync(join(path, '.gitattributes'), '*.dat filter=lfs\n');
      writeFileSync(join(path, 'a.dat'), 'pointer\n');
      mkdirSync(join(path, 'lib'));
      const at = userGit(path, 'rev-parse', 'HEAD');
      userGit(path, 'update-index', '--add', '--cacheinfo', `160000,${at},lib`);
    });
    const { ways, leaves } = await rig.rehearse();
    expect(ways).toEqual(BOTH);
    expect(leaves).toEqual([
      expect.stringMatching(/submodule.*: lib$/),
      expect.stringMatching(/filter.*: a\.dat$/),
      expect.stringMatching(/case.*: README\.md$/i),
    ]);
  });

  it('R48: says what is not as in the base afterwards', async () => {
    using rig = openStore({ 'a.txt': 'one\n' }, (path) => writeFileSync(join(path, 'a.txt'), 'two\n'));
    const { ways } = await rig.rehearse({ base: { ...rig.base, tree: rig.head.tree } });
    expect(ways.map(({ problem }) => problem)).toEqual([
      expect.stringContaining('not as in the base: a.txt'),
      expect.stringContaining('not as in the base: a.txt'),
    ]);
  });
});
