import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Finding, Revision } from '../../core/results.ts';
import { writeFiles } from '../../workspace/temporary-repository.ts';
import { openGatesRig, type GatesRig } from '../testing/gates-rig.ts';
import type { GateOrder } from '../gates.ts';

let rig: GatesRig;
afterEach(() => rig[Symbol.dispose]());

const POINTER = (sum: string): string =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${sum.repeat(64)}\nsize 12\n`;
const ELF = '\u007fELF\u0002\u0001\u0001\0\0\0';

async function look(
  base: Record<string, string>,
  change: Record<string, string | null>,
  more: Partial<GateOrder> = {},
): Promise<Finding[]> {
  rig = await openGatesRig({ service: { 'a.txt': '1\n', ...base } }, {});
  const inRepo = Object.entries(change).map(([path, text]) => [`service/${path}`, text]);
  const revision = await rig.change(rig.git.base, Object.fromEntries(inRepo));
  return (await rig.run(revision, more)).of('hygiene').findings;
}

const short = (found: Finding[]): [boolean, string | null, string][] =>
  found.map(({ blocking, file, problem }) => [blocking, file, problem]);

describe('what a program made', () => {
  it.each([
    ['dist/index.js', 'dist'],
    ['packages/api/dist/index.js', 'packages/api/dist'],
    ['coverage/lcov.info', 'coverage'],
    ['src/__pycache__/a.cpython-312.pyc', 'src/__pycache__'],
    ['target/debug/build.log', 'target/debug'],
    ['build/classes/A.txt', 'build/classes'],
    ['app.tsbuildinfo', 'app.tsbuildinfo'],
    ['src/a.ts.orig', 'src/a.ts.orig'],
  ])('stops the change: %s', async (path, place) => {
    const found = await look({}, { [path]: 'x\n', 'src/a.ts': 'export {};\n' });
    expect(short(found)).toEqual([
      [true, path, `${place} is made by a program, and the base does not keep it.`],
    ]);
  });

  it('is named once, however many files there are', async () => {
    expect(await look({}, { 'dist/a.js': '1\n', 'dist/b.js': '2\n', 'dist/c/d.js': '3\n' })).toHaveLength(1);
  });

  it('stops nothing where the base keeps it, where it goes, and where sources lie in folders of such names', async () => {
    const base = { 'dist/a.js': '1\n', 'coverage/old.txt': '1\n', 'x.orig': '1\n' };
    const change = {
      'dist/b.js': '2\n',
      'coverage/old.txt': null,
      'x.orig': '2\n',
      'build/rules.ts': '1\n',
      'src/target/a.ts': '1\n',
      'src/out/a.ts': '1\n',
      'test/fixtures/dist/a.js': '1\n',
      'src/distance/a.ts': '1\n',
    };
    expect(await look(base, change)).toEqual([]);
  });

  it('is shown where a minified file has no source beside it', async () => {
    const found = await look({ 'web/a.js': '1\n' }, { 'web/a.min.js': '1\n', 'web/b.min.js': '1\n' });
    expect(short(found)).toEqual([[false, 'web/b.min.js', expect.stringContaining('is minified')]]);
  });
});

describe('a file that is no text', () => {
  it('stops the change over the limit, wherever the limit is', async () => {
    const binary = `\0${'x'.repeat(5_000)}`;
    const sizes = (bytes: number) => ({ sizes: { max_changed_lines: 10, max_binary_bytes: bytes } });
    expect(short(await look({}, { 'data.bin': binary }, sizes(5_000)))).toEqual([
      [true, 'data.bin', 'A file that is no text has 5001 bytes; 5000 is the limit (`max_binary_bytes`).'],
    ]);
    expect(await look({}, { 'data.bin': binary }, sizes(5_001))).toEqual([]);
    expect(await look({ 'old.bin': binary }, { 'old.bin': null, 'new.bin': binary }, sizes(10))).toEqual([]);
  });

  it('stops the change where it is a new program, and is shown where it is another one', async () => {
    const found = await look(
      { 'tool/old': ELF },
      { 'tool/old': `${ELF}2`, 'tool/new': ELF.replace('\u0002', '\u0001') },
    );
    expect(short(found)).toEqual([
      [true, 'tool/new', expect.stringContaining('A new file is a compiled program')],
      [false, 'tool/old', expect.stringContaining('A changed file is a compiled program')],
    ]);
  });

  it('is shown where it may be executed and is no script', async () => {
    rig = await openGatesRig({ service: { 'old.txt': '1\n', 'old.sh': '#!/bin/sh\n' } }, {});
    const revision = await changeModes(['old.txt', 'old.sh', 'new.txt', 'new.sh'], {
      'new.txt': 'new\n',
      'new.sh': '#!/bin/bash\n',
    });
    const { findings } = (await rig.run(revision)).of('hygiene');
    expect(short(findings)).toEqual([
      [false, 'new.txt', expect.stringContaining('is no script')],
      [false, 'old.txt', expect.stringContaining('is no script')],
    ]);
  });
});

async function changeModes(executable: string[], files: Record<string, string>): Promise<Revision> {
  const { workspaces, runId, base } = rig.git;
  const workspace = await workspaces.open(runId, 'modes', base);
  const root = workspace.repos[0]?.path ?? '';
  writeFiles(root, files);
  for (const path of executable) chmodSync(join(root, path), 0o755);
  const limits = { maxNewFiles: 10, maxBytes: 10_000 };
  const { revision } = await workspaces.snapshot({
    runId,
    workspace,
    base,
    message: 'm',
    key: 'modes',
    limits,
  });
  await workspaces.close(workspace);
  return revision;
}

describe('GIT-6: a pointer of Git LFS', () => {
  const base = { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n', 'a.bin': POINTER('a') };

  it('GIT-6: is a pointer in every workspace, and of an untouched one nothing is a change', async () => {
    rig = await openGatesRig({ service: base }, {});
    const { workspaces, runId } = rig.git;
    const workspace = await workspaces.open(runId, 'pointers', rig.git.base);
    expect(readFileSync(join(workspace.dir, 'service/a.bin'), 'utf8')).toBe(POINTER('a'));
    await workspaces.close(workspace);
    const revision = await rig.change(rig.git.base, { 'service/b.txt': '1\n' });
    expect(await workspaces.changes(runId, rig.git.base, revision)).toMatchObject([{ path: 'b.txt' }]);
  });

  it.each([
    ['text', 'all that it stands for\n'],
    ['no text', '\0\0all that it stands for'],
  ])('GIT-6: stops the change where content of %s takes its place', async (_, content) => {
    expect(short(await look(base, { 'a.bin': content }))).toEqual([
      [true, 'a.bin', expect.stringContaining('A pointer of Git LFS was replaced by content')],
    ]);
  });

  it('GIT-6: may become another pointer, or go', async () => {
    expect(await look(base, { 'a.bin': POINTER('b') })).toEqual([]);
    expect(await look(base, { 'a.bin': null })).toEqual([]);
  });
});

describe('a change with many lines', () => {
  const lines = (count: number): string => 'line\n'.repeat(count);
  const sizes = { max_changed_lines: 50, max_binary_bytes: 1_024 };

  it('OUT-9: is told to reviewers with its largest files', async () => {
    const found = await look({}, { 'src/a.ts': lines(40), 'src/b.ts': lines(11) }, { sizes });
    expect(found).toMatchObject([{ blocking: false, severity: 'major', file: null }]);
    expect(found[0]?.problem).toBe(
      'The change has 51 lines to read, more than 50 (`max_changed_lines`). Most of it: service/src/a.ts (40), service/src/b.ts (11).',
    );
    expect(found[0]?.fix).toContain('smaller tasks');
  });

  it('counts neither lockfiles, snapshots nor what goes', async () => {
    const change = { 'src/a.ts': lines(50), 'poetry.lock': '', 'a.snap': lines(60), 'old.ts': null };
    expect(await look({ 'old.ts': lines(99) }, change, { sizes })).toEqual([]);
  });
});
