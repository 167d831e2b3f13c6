import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeTree } from './remove-tree.ts';

it('removes a tree that is deeper than a path can be long', async () => {
  const root = join(mkdtempSync(join(tmpdir(), 'baton-deep-')), 'tree');
  mkdirSync(root);
  const dig = 'i=0; while [ $i -lt 600 ]; do mkdir a-long-name && cd a-long-name || exit 1; i=$((i+1)); done';
  execFileSync('sh', ['-c', dig], { cwd: root });
  await removeTree(root);
  expect(existsSync(root)).toBe(false);
});
