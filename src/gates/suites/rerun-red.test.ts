/** Tests that fail by chance, on real runs: a counter outside of the checkout says how often a test has run. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NODE_TESTS, openGatesRig, wholeRepo } from '../testing/gates-rig.ts';
import type { GatesRig } from '../testing/gates-rig.ts';

let rig: GatesRig | null = null;
let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-flaky-'));
});
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
  rmSync(dir, { recursive: true, force: true });
});

const counterOf = (name: string): string => join(dir, name);
const runs = (name: string): number => readFileSync(counterOf(name), 'utf8').length;
/** Fails in its first runs, or where `when` says; the runs before are those of the base. */
const test = (name: string, failsIf: string): string => `const { test } = require('node:test');
const fs = require('node:fs');
test('${name}', () => {
  fs.appendFileSync('${counterOf(name)}', '.');
  const run = fs.readFileSync('${counterOf(name)}', 'utf8').length;
  if (${failsIf}) throw new Error('run ' + run);
});\n`;

async function openBase(): Promise<GatesRig> {
  rig = await openGatesRig(
    { service: { 'a.test.js': test('adds', 'false') } },
    { service: wholeRepo(NODE_TESTS) },
  );
  expect((await rig.run(rig.git.base)).of('tests').status).toBe('pass');
  rmSync(counterOf('adds'));
  return rig;
}

describe('a test of the base that fails', () => {
  const after = async (failsIf: string) => {
    const opened = await openBase();
    const revision = await opened.change(opened.git.base, { 'service/a.test.js': test('adds', failsIf) });
    return (await opened.run(revision)).of('tests');
  };

  it('once, is green and named', async () => {
    const result = await after('run === 1');
    expect(result).toMatchObject({ status: 'pass', summary: '1 passed, 1 flaky' });
    expect(result.findings).toMatchObject([{ blocking: false, severity: 'minor', file: 'a.test.js' }]);
    const problem = result.findings[0]?.problem;
    expect(problem).toContain('`adds` is flaky: it failed and then passed 2 times on the same tree');
    expect(problem).toContain('run 1');
    // The fourth is that of the test as the base has it, which every edited test gets.
    expect(runs('adds')).toBe(4);
  });

  it.each([
    ['and fails again behind that, is red', 'run <= 2', 2],
    ['and passes only once behind that, is red', 'run !== 2', 3],
  ])('%s', async (_what, failsIf, expectedRuns) => {
    const result = await after(failsIf);
    expect(result).toMatchObject({ status: 'fail', findings: [{ blocking: true, file: 'a.test.js' }] });
    expect(runs('adds')).toBe(expectedRuns);
  });
});

describe('a test that only passes because it ran before', () => {
  it('is red: it runs again where nothing has run', async () => {
    rig = await openGatesRig(
      { service: { 'a.test.js': `require('node:test').test('adds', () => {});\n` } },
      { service: wholeRepo(NODE_TESTS) },
    );
    const seeded = `const fs = require('node:fs');
require('node:test').test('adds', () => {
  const files = ['cache.json', process.env.HOME + '/cache.json'];
  const missing = files.filter((file) => !fs.existsSync(file));
  for (const file of files) fs.writeFileSync(file, '{}');
  if (missing.length > 0) throw new Error('no ' + missing.join(' and no '));
});\n`;
    const revision = await rig.change(rig.git.base, { 'service/a.test.js': seeded });
    expect((await rig.run(revision)).of('tests').status).toBe('fail');
  });
});

describe('a test that the change brings', () => {
  it('has to pass at once, and is named where it passes only then', async () => {
    const opened = await openBase();
    const revision = await opened.change(opened.git.base, {
      'service/b.test.js': test('subtracts', 'run === 1'),
    });
    const result = (await opened.run(revision)).of('tests');
    expect(result).toMatchObject({
      status: 'fail',
      findings: [
        {
          blocking: true,
          file: 'b.test.js',
          problem: expect.stringContaining('The new test `subtracts` fails'),
        },
        {
          blocking: false,
          file: 'b.test.js',
          problem: expect.stringContaining('`subtracts` is flaky: it is new, failed, and then passed'),
        },
      ],
    });
    expect(result.summary).toContain('1 flaky');
    expect(runs('subtracts')).toBe(2);
  });

  it('and is red where another one is looked at again, is named', async () => {
    const opened = await openBase();
    const revision = await opened.change(opened.git.base, {
      'service/a.test.js': test('adds', 'run === 1'),
      'service/b.test.js': test('subtracts', 'run === 2'),
    });
    const { findings } = (await opened.run(revision)).of('tests');
    expect(findings.map(({ problem }) => problem.split('.')[0])).toEqual([
      'The test `adds` is flaky: it failed and then passed 2 times on the same tree',
      'The test `subtracts` is flaky: it is new, passed, and then failed on the same tree',
    ]);
  });

  it('and stays red is red alone, with one run more', async () => {
    const opened = await openBase();
    const revision = await opened.change(opened.git.base, { 'service/b.test.js': test('subtracts', 'true') });
    const result = (await opened.run(revision)).of('tests');
    expect(result).toMatchObject({ status: 'fail', findings: [{ blocking: true }] });
    expect(result.findings).toHaveLength(1);
    expect(runs('subtracts')).toBe(2);
  });
});

describe('many red tests', () => {
  it('are not run again: that is no chance', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const suite = (failsIf: string): Record<string, string> =>
      Object.fromEntries(names.map((name) => [`${name}.test.js`, test(name, failsIf)]));
    rig = await openGatesRig({ service: suite('false') }, { service: wholeRepo(NODE_TESTS) });
    expect((await rig.run(rig.git.base)).of('tests').status).toBe('pass');
    for (const name of names) rmSync(counterOf(name));
    const red = Object.fromEntries(
      Object.entries(suite('true')).map(([path, text]) => [`service/${path}`, text]),
    );
    expect((await rig.run(await rig.change(rig.git.base, red))).of('tests').status).toBe('fail');
    expect(names.map(runs)).toEqual(names.map(() => 1));
  });
});
