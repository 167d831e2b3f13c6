/** `baton gates` as people run it: a real process, repository and wall; no run, no agent. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRepository, git } from '../../src/testing/rig.ts';

const BIN = join(import.meta.dirname, '../../bin/baton.js');
const TESTS = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add } from './add.js';
test('adds', () => assert.equal(add(1, 2), 3));
`;
const CONFIG = `repos:
  shop:
    modules:
      - path: .
        gates:
          - { name: tests, kind: tests, command: [node, --test], reporter: node }
          - { name: reach, kind: reach }
`;

let dir: string;
let repo: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-gates-'));
  repo = createRepository(join(dir, 'shop'), {
    'package.json': '{"type":"module","main":"add.js","scripts":{"test":"node --test"}}\n',
    'add.js': 'export const add = (a, b) => a + b;\n',
    'add.test.js': TESTS,
    'baton.yaml': CONFIG,
  });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

const gates = (...args: string[]): Ran => gatesWith(process.env['PATH'] ?? '', ...args);

function gatesWith(path: string, ...args: string[]): Ran {
  const env = {
    MY_TOKEN: 's3cretTokenValue99',
    PATH: path,
    HOME: dir,
    BATON_WORK: join(dir, 'work'),
    NO_COLOR: '1',
  };
  const ran = spawnSync(process.execPath, [BIN, 'gates', ...args], { cwd: repo, encoding: 'utf8', env });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

function commit(...args: string[]): void {
  git(repo, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', ...args);
}

function commitOn(branch: string, files: Record<string, string>): void {
  git(repo, 'checkout', '-q', '-B', branch, 'main');
  for (const [path, text] of Object.entries(files)) writeFileSync(join(repo, path), text);
  git(repo, 'add', '-A');
  commit('-q', '-m', branch);
}

describe('baton gates', () => {
  it('says of a commit without a change whether its gates go at all, and leaves nothing behind but what it remembers', () => {
    const before = git(repo, 'for-each-ref') + git(repo, 'status', '--porcelain');
    const { code, out, err } = gates();
    expect(code, err).toBe(0);
    expect(out).toContain('(HEAD), as it is: nothing came since main\n');
    expect(out).toMatch(/^✓ tests +1 passed /m);
    expect(out).toMatch(/\n0 of 3 gates red\n$/);
    // Whoever waits sees what runs, and nothing else.
    expect(err.split('\n').filter((line) => !line.startsWith('… '))).toEqual(['']);
    expect(err).toContain('… tests: node --test\n');
    expect(git(repo, 'for-each-ref') + git(repo, 'status', '--porcelain')).toBe(before);
    expect(readdirSync(join(dir, 'work'))).toEqual([]);
    expect(readdirSync(join(repo, '.baton/git/runs'))).toEqual([]);
  });

  it('holds what a branch brings against where it left the main branch, with places, and is red where a run would stop', () => {
    commitOn('feature', {
      'add.test.js': TESTS.replace("test('adds'", "test.skip('adds'"),
      'rate.js': 'export const rate = 2;\n',
    });
    git(repo, 'checkout', '-q', 'main');
    commit('-q', '--allow-empty', '-m', 'later');
    const { code, out } = gates('feature');
    expect(code).toBe(3);
    expect(out).toMatch(/^shop at \w{12} \(feature\), since \w{12}, where it left main$/m);
    expect(out).toMatch(/^ {4}stops {2}add\.test\.js:4: .*test\.skip/m);
    expect(out).toMatch(/^ {4}stops {2}rate\.js:1: /m);
    expect(out).toMatch(/\n3 of 3 gates red\n$/);
    // On its own commit nothing of it is new.
    expect(gates('feature', '--base', 'feature', '--set', 'quick').code).toBe(0);
  });

  it('ends with 4 where nothing is red and a person has to approve something, and has it all as JSON', () => {
    commitOn('scripts', {
      'package.json': '{"type":"module","main":"add.js","scripts":{"test":"node --test ."}}\n',
    });
    const { code, out } = gates('--json');
    expect(code).toBe(4);
    const told = JSON.parse(out) as {
      approvals: { paths: string[] }[];
      results: { gate: string; status: string }[];
    };
    expect(told.approvals.map(({ paths }) => paths)).toEqual([['shop/package.json']]);
    expect(told.results.map(({ gate, status }) => [gate, status])).toEqual([
      ['hygiene', 'pass'],
      ['tests', 'pass'],
      ['reach', 'pass'],
    ]);
  });

  it('leaves out what asks a forge, and takes secrets out of names of files', () => {
    const ci = `          - { name: ci, kind: forge_checks, checks: [build] }\n`;
    writeFileSync(join(repo, 'baton.yaml'), `${CONFIG}${ci}`);
    mkdirSync(join(repo, '.husky'));
    commitOn('named', { '.husky/s3cretTokenValue99': 'x\n' });
    const { code, out, err } = gates();
    expect(err).not.toContain('baton: ');
    expect(out).toContain('\nnote: ci asks a forge, and is left out\n');
    expect(code).toBe(4);
    expect(out).not.toContain('s3cretTokenValue99');
    expect(out).toContain('.husky/[MY_TOKEN]');
  });

  it('says of a setup that fails at the base as well where that is mended, in words of no run', () => {
    const setup = `        setup: { command: [node, -e, 'process.exit(1)'] }\n        gates:`;
    writeFileSync(join(repo, 'baton.yaml'), CONFIG.replace('        gates:', setup));
    const { code, err } = gates();
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/baton: E_SETUP [^]*fix: Mend it at \w{12} first/),
    ]);
    expect(err).not.toContain('resume');
  });

  it('runs nothing without a wall unless somebody says so', () => {
    const bin = join(dir, 'bin');
    mkdirSync(bin);
    const found = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();
    for (const [name, at] of Object.entries({ git: found, node: process.execPath }))
      symlinkSync(at, join(bin, name));
    expect(gatesWith(bin)).toMatchObject({ code: 2, out: '', err: expect.stringContaining('E_NO_WALL') });
    const open = gatesWith(bin, '--sandbox', 'off');
    expect(open.code, open.err).toBe(0);
    expect(open.out).toContain('\nnote: ');
    expect(open.out).toMatch(/^✓ tests +1 passed /m);
  });

  it('refuses what it cannot judge, and says how that is mended', () => {
    expect(gates('nowhere')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/^baton: E_REPO .* has no commit "nowhere"\.\n {2}fix: Name a branch/),
    });
    git(repo, 'branch', '-m', 'main', 'trunk');
    expect(gates()).toMatchObject({
      code: 2,
      err: expect.stringMatching(/no branch that is called main[^]*fix: .*--base/),
    });
    expect(gates('--base', 'HEAD').code).toBe(0);
    git(repo, 'branch', '-m', 'trunk', 'main');
    git(repo, 'checkout', '-q', '--orphan', 'alone');
    commit('-q', '-m', 'alone');
    expect(gates().err).toMatch(/^baton: E_REPO main and HEAD have no commit in common\.\n {2}fix: .*--base/);
    writeFileSync(join(repo, 'baton.yaml'), CONFIG.replace('node, --test', 'no-such-program'));
    expect(gates('main')).toMatchObject({ code: 2, err: expect.stringContaining('baton: E_PREFLIGHT') });
  });
});
