/** Whole passes: several repositories and packages, what is remembered, what the base excuses, the wall. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openWall } from '../workspace/wall/open-wall.ts';
import { gate, NODE_TESTS, openGatesRig, wholeRepo } from './testing/gates-rig.ts';
import type { GatesRig } from './testing/gates-rig.ts';

const TEST = `require('node:test').test('works', () => {});\n`;
const RED = `require('node:test').test('works', () => { throw new Error('red'); });\n`;

/** The change of a script that a gate runs counts: a person approved it. */
const APPROVED = { approvedConfig: true };

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

describe('a pass', () => {
  it('runs every gate of every repository and module, in the order of the configuration, red or not', async () => {
    const slow = gate({ name: 'slow', kind: 'build', command: ['sh', '-c', 'sleep 0.3; exit 1'] });
    const quick = gate({ name: 'quick', kind: 'build', command: ['true'] });
    const late = gate({ name: 'late', kind: 'command', command: ['true'], set: 'full' });
    const packages = { 'packages/a/a.test.js': RED, 'packages/b/b.test.js': TEST };
    rig = await openGatesRig(
      { one: packages, two: { 'x.test.js': RED } },
      {
        one: [
          { path: 'packages/a', setup: null, gates: [NODE_TESTS, slow] },
          { path: 'packages/b', setup: null, gates: [NODE_TESTS, late] },
          { path: 'packages/c', setup: null, gates: [quick] },
        ],
        two: wholeRepo(quick, NODE_TESTS),
      },
    );
    const first = await rig.change(rig.git.base, { 'one/packages/a/b.test.js': RED, 'two/y.test.js': RED });
    const pass = await rig.run(first);
    expect(pass.results.map(({ repo, module, gate: name, status }) => [repo, module, name, status])).toEqual([
      ['*', '.', 'hygiene', 'pass'],
      ['one', 'packages/a', 'tests', 'fail'],
      ['one', 'packages/a', 'slow', 'unverified'],
      ['one', 'packages/b', 'tests', 'pass'],
      ['one', 'packages/b', 'late', 'pass'],
      ['one', 'packages/c', 'quick', 'not_applicable'],
      ['two', '.', 'quick', 'pass'],
      ['two', '.', 'tests', 'fail'],
    ]);
    expect(pass.findings.map(({ id, repo, file }) => [id, repo, file])).toEqual([
      ['step/r0/tests/1', 'one', 'packages/a/b.test.js'],
      ['step/r0/tests/2', 'two', 'y.test.js'],
    ]);
    const few = await rig.run(first, { set: 'quick' });
    expect(few.results.map((result) => result.gate)).not.toContain('late');
    expect(few.findings.map((finding) => finding.fingerprint)).toEqual(
      pass.findings.map((finding) => finding.fingerprint),
    );
  });

  it('R87: takes what was changed from git, not from anybody’s word', async () => {
    rig = await openGatesRig({ service: { 'a.test.js': TEST } }, { service: wholeRepo(NODE_TESTS) });
    const required = { from: rig.git.base, required: true };
    const idle = await rig.run(rig.git.base, { expectChanges: required });
    expect(idle.of('hygiene')).toMatchObject({
      status: 'fail',
      findings: [{ id: 'step/r0/hygiene/1', problem: expect.stringContaining('no_change') }],
    });
    const done = await rig.change(rig.git.base, { 'service/b.js': '1;\n' });
    expect((await rig.run(done, { expectChanges: required })).of('hygiene').summary).toContain(
      '1 file changed',
    );
  });

  it('fails with the setup, once, and calls the gates behind it not run', async () => {
    const setup = gate({ name: 'setup', kind: 'setup', command: ['sh', 'install.sh'] });
    rig = await openGatesRig(
      { service: { 'install.sh': 'exit 0\n', 'lib/a.test.js': TEST } },
      {
        service: [
          { path: '.', setup, gates: [] },
          { path: 'lib', setup: null, gates: [NODE_TESTS] },
        ],
      },
    );
    const broken = await rig.change(rig.git.base, { 'service/install.sh': 'echo no such version; exit 1\n' });
    const pass = await rig.run(broken, APPROVED);
    expect(pass.of('setup')).toMatchObject({ status: 'fail', kind: 'setup' });
    expect(pass.of('tests').status).toBe('error');
    expect(pass.findings.filter(({ blocking }) => blocking).map(({ problem }) => problem)).toEqual([
      expect.stringContaining('no such version'),
    ]);
    expect((await rig.run(rig.git.base)).of('tests').status).toBe('pass');
  });
});

describe('what the base excuses', () => {
  const script = (...lines: string[]): string =>
    `${lines.map((line) => `echo '${line}'`).join('\n')}\nexit 1\n`;
  const lint = gate({ name: 'lint', kind: 'lint', command: ['sh', 'lint.sh'] });

  it('is a finding that it has itself, at whatever line, and no second one of its kind', async () => {
    const files = { 'lint.sh': script('src/a.ts(3,5): error TS2322: Type 1 is wrong.') };
    rig = await openGatesRig({ service: files }, { service: wholeRepo(lint) });
    const moved = await rig.change(rig.git.base, {
      'service/lint.sh': script('src/a.ts(9,5): error TS2322: Type 1 is wrong.'),
    });
    expect((await rig.run(moved, APPROVED)).of('lint')).toMatchObject({ status: 'pass', findings: [] });
    const more = await rig.change(rig.git.base, {
      'service/lint.sh': script(
        'src/a.ts(3,5): error TS2322: Type 1 is wrong.',
        'src/a.ts(8,5): error TS2322: Type 1 is wrong.',
        '/src/other.go:7:2: undefined: x',
      ),
    });
    expect((await rig.run(more, APPROVED)).of('lint')).toMatchObject({
      status: 'fail',
      findings: [
        { file: 'src/a.ts', line: 8, problem: 'TS2322: Type 1 is wrong.' },
        { file: '/src/other.go', line: 7 },
      ],
    });
  });

  it('is not more than unverified for a build', async () => {
    const build = { ...lint, name: 'build', kind: 'build' } as const;
    rig = await openGatesRig(
      { service: { 'lint.sh': script('cannot link') } },
      { service: wholeRepo(build) },
    );
    expect((await rig.run(rig.git.base)).of('build').status).toBe('unverified');
  });
});

describe('what is remembered', () => {
  it('R82: is the result on unchanged inputs, with the log, new ids and the old fingerprints', async () => {
    const print = gate({ name: 'print', kind: 'build', command: ['sh', '-c', 'echo hello; exit 1'] });
    rig = await openGatesRig({ service: { 'a.test.js': TEST } }, { service: wholeRepo(NODE_TESTS, print) });
    const revision = await rig.change(rig.git.base, { 'service/b.test.js': RED });
    const first = await rig.run(revision);
    const starts = rig.starts();
    const second = await rig.run(revision, { findingPrefix: 'other/r1' });
    expect(rig.starts()).toBe(starts);
    expect(second.of('tests')).toMatchObject({ cached: true, log: first.of('tests').log });
    expect(second.logs).toEqual(first.logs);
    expect(second.findings[0]?.id).toBe('other/r1/tests/1');
    expect(second.findings[0]?.fingerprint).toBe(first.findings[0]?.fingerprint);

    const next = await rig.change(revision, { 'service/c.js': '1;\n' });
    const third = await rig.run(next);
    expect(third.of('tests').cached).toBe(false);
    // The two gates again, and a second look at the new test that is red; what the base does is known.
    expect(rig.starts()).toBe(starts + 3);
  });

  it.each([
    ['itself', gate({ name: 'check', kind: 'build', command: ['judge'], env: ['PATH'] }), null],
    [
      'in a shell',
      gate({ name: 'check', kind: 'build', command: ['true && judge'], shell: true, env: ['PATH'] }),
      null,
    ],
    [
      'in its setup',
      gate({ name: 'check', kind: 'build', command: ['true'] }),
      gate({ name: 'setup', kind: 'setup', command: ['judge'], env: ['PATH'] }),
    ],
  ])(
    'R82: is no longer known where the program that a gate starts %s is another one',
    async (_, check, setup) => {
      const dir = await mkdtemp(join(tmpdir(), 'baton-programs-'));
      try {
        const install = (text: string): Promise<void> =>
          writeFile(join(dir, 'judge'), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
        await install('echo the old one');
        rig = await openGatesRig(
          { service: { 'a.js': '1;\n' } },
          { service: [{ path: '.', setup, gates: [check] }] },
          { PATH: dir },
        );
        const revision = await rig.change(rig.git.base, { 'service/b.js': '1;\n' });
        const isKnown = async (): Promise<boolean> => (await rig?.run(revision))?.of('check').cached === true;
        expect([await isKnown(), await isKnown()]).toEqual([false, true]);
        await install('echo a newer one');
        expect([await isKnown(), await isKnown()]).toEqual([false, true]);
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
    },
  );

  it('is thrown away when its file is broken or was edited', async () => {
    rig = await openGatesRig({ service: { 'a.test.js': TEST } }, { service: wholeRepo(NODE_TESTS) });
    const revision = await rig.change(rig.git.base, { 'service/a.test.js': RED });
    expect((await rig.run(revision)).of('tests').status).toBe('fail');
    for (const spoil of [
      (text: string) => text.slice(0, -9),
      (text: string) => text.replace(/fail/, 'pass'),
    ]) {
      for (const name of await readdir(rig.cacheDir)) {
        const file = join(rig.cacheDir, name);
        await writeFile(file, spoil(await readFile(file, 'utf8')));
      }
      expect((await rig.run(revision)).of('tests')).toMatchObject({ status: 'fail', cached: false });
    }
  });
});

const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const why = wall.kind === 'off' ? ' (skipped: no sandbox works on this machine)' : '';

describe('behind the wall', () => {
  it.skipIf(wall.kind === 'off')(
    `PRIV-11: a gate has its checkout, its report and no network${why}`,
    async () => {
      const escape = `const { test } = require('node:test');
const fs = require('node:fs');
const net = require('node:net');
test('works', () => { if (fs.constants === undefined) throw new Error('gone'); });
test('cannot write outside', () => { try { fs.writeFileSync('/usr/evil', ''); } catch { return; } throw new Error('wrote'); });
test('sees no home of the user', () => { if (fs.existsSync('/root/.ssh') || fs.existsSync('/home')) throw new Error('saw'); });
test('has no network', (t, done) => {
  const socket = net.connect(9, '192.0.2.1');
  socket.on('error', (error) => done(error.code === 'ENETUNREACH' ? undefined : error));
});\n`;
      rig = await openGatesRig({ service: { 'a.test.js': TEST } }, { service: wholeRepo(NODE_TESTS) });
      const revision = await rig.change(rig.git.base, { 'service/b.test.js': escape });
      const pass = await rig.run(revision, { wall });
      expect(pass.findings).toEqual([]);
      expect(pass.of('tests')).toMatchObject({ status: 'pass', tests: { total: 5, canary: 'red' } });
    },
  );
});
