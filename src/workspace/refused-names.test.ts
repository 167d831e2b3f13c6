import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeFiles } from './temporary-repository.ts';
import { openWorkspacesRig } from './workspaces-rig.ts';
import type { Snapshot } from './workspaces.ts';

const NFC = 'caf\u00e9';
const NFD = 'cafe\u0301';
const BASE = { 'a.txt': 'a\n', 'src/Main.ts': 'x\n', [`docs/${NFC}.md`]: 'x\n', 'odd\nname. ': 'x\n' };

async function after(act: (checkout: string) => void): Promise<Snapshot> {
  using rig = await openWorkspacesRig({ api: BASE });
  const workspace = await rig.workspaces.open(rig.runId, 'k', rig.base);
  act(workspace.repos[0]?.path ?? '');
  return await rig.snapshot(workspace);
}

const adds = (path: string) => (checkout: string) => {
  mkdirSync(dirname(join(checkout, path)), { recursive: true });
  writeFileSync(join(checkout, path), 'new\n');
};

describe('names that a change brings in', () => {
  it.each([
    ['a twin in case', 'A.TXT', 'differs from a.txt only in case'],
    ['a folder that is a twin in case', 'SRC/other.ts', 'differs from src only in case'],
    ['a twin in another Unicode form', `docs/${NFD}.md`, 'only in case or in the form'],
    ['a newline', 'evil\nname', 'control character'],
    ['an escape', 'evil\x1b]0;x\x07', 'control character'],
    ['a reordered ending', 'photo\u202egpj.sh', 'that nobody sees, or that reorders'],
    ['a space without a width', 'src/in\u200bdex.ts', 'that nobody sees, or that reorders'],
    ['a leading dash', '--output=x', 'begins with a dash'],
    ['a dot at its end', 'src/file.', 'ends with a dot or a space'],
    ['a folder with a space at its end', 'src /file', 'ends with a dot or a space'],
    ['a program that is started by its name', 'node_modules/.bin/tsc', 'node_modules/.bin'],
    ['one of a package', 'packages/a/Node_Modules/.BIN/tsc', 'node_modules/.bin'],
    ['.git in capitals', 'sub/.GIT/hooks/pre-commit', 'repository inside the repository'],
    ['.git in a short form', 'sub/GIT~1/config', 'repository inside the repository'],
    ['.git with a space', '.git /config', 'name that git refuses'],
    ['.git with a dot', 'sub/.git./config', 'name that git refuses'],
    ['.git with a stream', 'sub/.git::$INDEX_ALLOCATION/config', 'name that git refuses'],
    ['.git with what nobody sees', '.g\u200cit/config', 'name that git refuses'],
  ])('OUT-8: %s voids the whole change', async (_, path, problem) => {
    const { refused, changes } = await after((checkout) => {
      writeFiles(checkout, { 'fine.txt': 'fine\n' });
      adds(path)(checkout);
    });
    expect(refused.map((one) => one.problem)).toEqual([expect.stringContaining(problem)]);
    expect(changes).toEqual([]);
  });

  it('OUT-8: two new twins void it, too', async () => {
    const { refused } = await after((checkout) => {
      adds('new/One.ts')(checkout);
      adds('new/one.ts')(checkout);
    });
    expect(refused.map(({ path }) => path)).toEqual(['api/new/One.ts', 'api/new/one.ts']);
  });

  it('OUT-8: a link in node_modules/.bin voids it', async () => {
    const { refused } = await after((checkout) => {
      mkdirSync(join(checkout, 'node_modules/.bin'), { recursive: true });
      symlinkSync('../../a.txt', join(checkout, 'node_modules/.bin/tsc'));
    });
    expect(refused.map(({ path }) => path)).toEqual(['api/node_modules/.bin/tsc']);
  });

  it('OUT-8: what the base has may be changed, taken away, or get another case', async () => {
    const { refused, changes } = await after((checkout) => {
      writeFiles(checkout, { 'odd\nname. ': 'changed\n' });
      renameSync(join(checkout, 'src/Main.ts'), join(checkout, 'src/main.ts'));
      rmSync(join(checkout, `docs/${NFC}.md`));
      writeFiles(checkout, { [`docs/${NFD}.md`]: 'other\n', '-': 'x' });
      rmSync(join(checkout, '-'));
    });
    expect(refused).toEqual([]);
    expect(changes.filter(({ status }) => status !== 'deleted').map(({ path }) => path)).toEqual([
      `docs/${NFD}.md`,
      'odd\nname. ',
      'src/main.ts',
    ]);
  });
});
