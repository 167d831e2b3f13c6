import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeTree } from './remove-tree.ts';
import { temporaryDirectory } from './temporary-repository.ts';

const NOBODY = 65_534;

it('removes read-only directories of a user without special rights, and follows no symlink', () => {
  const dir = temporaryDirectory();
  chmodSync(dir, 0o777);
  // Root may remove anything: only somebody else can show it. The sources may lie where nobody else can read.
  writeFileSync(join(dir, 'remove-tree.ts'), readFileSync(new URL('remove-tree.ts', import.meta.url)), {
    mode: 0o644,
  });
  mkdirSync(join(dir, 'precious'), { mode: 0o555 });
  const program = `
    const fs = await import('node:fs');
    fs.mkdirSync('tree/a/b', { recursive: true });
    fs.writeFileSync('tree/a/b/f', 'x');
    fs.symlinkSync('../../precious', 'tree/a/out');
    fs.chmodSync('tree/a/b', 0o500);
    fs.chmodSync('tree/a', 0o000);
    const { removeTree } = await import(process.cwd() + '/remove-tree.ts');
    await removeTree('tree');
    await removeTree('tree');
    // What node still removes while it fails must not stop it: that shows in some of many.
    for (let n = 0; n < 60; n += 1) {
      const closed = ['a/b/c', 'a/b', 'd/work/work', 'e/f/g', 'e/f'].map((path) => 'many/' + path);
      for (const path of closed) fs.mkdirSync(path, { recursive: true });
      fs.writeFileSync('many/a/b/c/f', 'x');
      for (const path of closed) fs.chmodSync(path, 0o000);
      await removeTree('many');
    }
  `;
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: dir, ...user });
  expect(existsSync(join(dir, 'tree'))).toBe(false);
  expect(existsSync(join(dir, 'many'))).toBe(false);
  expect(existsSync(join(dir, 'precious'))).toBe(true);
  rmSync(dir, { recursive: true });
});

it('removes a tree that is deeper than a path can be long', async () => {
  const dir = temporaryDirectory();
  mkdirSync(join(dir, 'tree'));
  const dig = `for (let i = 0; i < 600; i += 1) { fs.mkdirSync("a-long-name"); process.chdir("a-long-name"); }`;
  execFileSync(process.execPath, ['-e', dig], { cwd: join(dir, 'tree') });
  await removeTree(join(dir, 'tree'));
  expect(existsSync(join(dir, 'tree'))).toBe(false);
  rmSync(dir, { recursive: true });
});
