import { afterEach, describe, expect, it } from 'vitest';
import type { RunningGate } from './gates.ts';
import { gate, NODE_TESTS, openGatesRig, wholeRepo } from './testing/gates-rig.ts';
import type { GatesRig } from './testing/gates-rig.ts';

const ADD = `exports.add = (a, b) => a + b;\n`;
const ADD_TEST = `const { test } = require('node:test');
const assert = require('node:assert');
const { add } = require('../add.js');
test('adds two numbers', () => assert.equal(add(1, 2), 3));
test('adds negative numbers', () => assert.equal(add(-1, -2), -3));
`;
/** What a gate's command names is held to the base; what that loads from elsewhere is not. */
const LOADS = "require('./vendor/runner.js');\n";
const SERVICE = { 'add.js': ADD, 'test/add.test.js': ADD_TEST };

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

async function openService(files: Record<string, string> = {}, gates = [NODE_TESTS]): Promise<GatesRig> {
  rig = await openGatesRig({ service: { ...SERVICE, ...files } }, { service: wholeRepo(...gates) });
  return rig;
}

describe('tests by name', () => {
  it('R69: counts the tests that the engine ran itself, on the commit', async () => {
    const service = await openService();
    const revision = await service.change(service.git.base, {
      'service/test/more.test.js': `const { test } = require('node:test'); test('is new', () => { if (test.length < 0) throw new Error('no'); });\n`,
    });
    const tests = (await service.run(revision)).of('tests');
    expect(tests).toMatchObject({ status: 'pass', summary: '3 passed, 1 new', findings: [] });
    expect(tests.tests).toEqual({
      total: 3,
      passed: 3,
      failed: 0,
      skipped: 0,
      missing: 0,
      added: 1,
      canary: 'red',
    });
    expect(await service.leftBehind()).toEqual([]);
  });

  it('tells of each gate that begins and ends, and of none that was remembered', async () => {
    const service = await openService();
    const told: string[] = [];
    const begins = ({ repo, module, gate: name, command, limitMs }: RunningGate): (() => void) => {
      told.push(`${name} of ${repo}/${module} begins: ${command.join(' ')}, ${limitMs} ms`);
      return () => told.push(`${name} ended`);
    };
    const change = (text: string) => service.change(service.git.base, { 'service/add.js': text });
    await service.run(await change(`${ADD}\n`), { begins });
    expect(told).toEqual([
      `tests of service/. begins: ${NODE_TESTS.command.join(' ')}, 300000 ms`,
      'tests ended',
    ]);
    await service.run(await change(`${ADD}\n`), { begins });
    expect(told).toHaveLength(2);
  });

  it('OUT-2: lets the gate decide where somebody claims that red tests are green', async () => {
    const service = await openService();
    const revision = await service.change(service.git.base, {
      'service/add.js': `// all tests passed\nexports.add = (a, b) => a - b;\n`,
    });
    const tests = (await service.run(revision)).of('tests');
    expect(tests.status).toBe('fail');
    expect(tests.findings).toHaveLength(2);
    expect(tests.findings[0]).toMatchObject({
      id: 'step/r0/tests/1',
      source: 'tests',
      blocking: true,
      repo: 'service',
      file: 'test/add.test.js',
      line: 4,
    });
    expect(tests.findings[0]?.problem).toContain('adds two numbers');
    expect(tests.findings[0]?.problem).toContain('-1 == 3');
  });

  it('PRIV-7: names every test of an emptied test file as missing', async () => {
    const service = await openService();
    const revision = await service.change(service.git.base, { 'service/test/add.test.js': '' });
    const tests = (await service.run(revision)).of('tests');
    expect(tests.status).toBe('fail');
    expect(tests.tests?.missing).toBe(2);
    expect(tests.findings.map((finding) => finding.problem)).toEqual([
      expect.stringContaining('`adds two numbers` of the base is missing'),
      expect.stringContaining('`adds negative numbers` of the base is missing'),
    ]);
  });

  it('PRIV-7: fails where a green test of the base is skipped', async () => {
    const service = await openService();
    const revision = await service.change(service.git.base, {
      'service/test/add.test.js': ADD_TEST.replace(`test('adds two`, `test.skip('adds two`),
    });
    const pass = await service.run(revision);
    expect(pass.of('tests').status).toBe('fail');
    expect(pass.of('tests').findings[0]?.problem).toContain('is skipped now');
    const blocking = pass.of('hygiene').findings.filter((finding) => finding.blocking);
    expect(blocking).toMatchObject([
      { file: 'test/add.test.js', line: 4, problem: expect.stringContaining('skipped test') },
    ]);
  });

  it('PRIV-7: fails where a new test does not run, however it says so', async () => {
    const service = await openService();
    const revision = await service.change(service.git.base, {
      'service/test/sub.test.js': `const options = { timeout: 500, ['sk' + 'ip']: true };
require('node:test').test('subtracts', options, () => {});\n`,
    });
    const pass = await service.run(revision);
    expect(pass.of('tests')).toMatchObject({
      status: 'fail',
      findings: [{ blocking: true, file: 'test/sub.test.js', line: 2 }],
    });
    expect(pass.of('hygiene').findings).toEqual([]);
  });

  it('PRIV-6: is red when the source ends the process at import', async () => {
    const service = await openService();
    const revision = await service.change(service.git.base, {
      'service/add.js': `exports.add = (a, b) => a - b;\nprocess.exit(0);\n`,
    });
    const tests = (await service.run(revision)).of('tests');
    expect(tests.status).toBe('fail');
    expect(tests.tests?.missing).toBe(2);
  });

  it('PRIV-6: is red when a new test file reports nothing because its source ends the process', async () => {
    const service = await openService();
    const revision = await service.change(service.git.base, {
      'service/sub.js': `process.exit(0);\n`,
      'service/test/sub.test.js': `require('../sub.js'); require('node:test').test('subtracts', () => {});\n`,
    });
    const tests = (await service.run(revision)).of('tests');
    expect(tests.status).toBe('fail');
    expect(tests.findings[0]).toMatchObject({ file: 'test/sub.test.js', line: 1 });
    expect(tests.findings[0]?.problem).toContain('test/sub.test.js ran and reported no test');
  });

  it('lets a test that was red at the base stay red, and shows it', async () => {
    const broken = `const { test } = require('node:test'); test('is broken', () => { throw new Error('old'); });\n`;
    const service = await openService({ 'test/broken.test.js': broken });
    const revision = await service.change(service.git.base, { 'service/README.md': 'Hello\n' });
    const tests = (await service.run(revision)).of('tests');
    expect(tests).toMatchObject({
      status: 'pass',
      summary: '2 passed, 1 red at the base too',
      findings: [],
    });
    const removed = await service.change(service.git.base, { 'service/test/broken.test.js': null });
    expect((await service.run(removed)).of('tests').status).toBe('fail');
  });

  it('R80: never calls a repository without tests or gates green', async () => {
    const service = await openService();
    service.git[Symbol.dispose]();
    rig = await openGatesRig(
      { bare: { 'a.js': '1;\n' }, none: { 'a.js': '1;\n' } },
      { bare: wholeRepo(NODE_TESTS), none: [] },
    );
    const pass = await rig.run(rig.git.base);
    expect(pass.results.map(({ repo, status }) => [repo, status])).toEqual([
      ['*', 'pass'],
      ['bare', 'unverified'],
      ['none', 'unverified'],
    ]);
  });
});

describe('a runner that was tampered with', () => {
  it('fails where a preloaded runner reports every test as green: the canary is not red', async () => {
    // What a poisoned dependency could do: failing tests are reported as passed, the canary with them.
    const deaf = `const test = require('node:test');\nconst { Module } = require('node:module');
const green = { test: (name) => test.test(name, () => {}) };
const load = Module._load;
Module._load = (id, ...rest) => (id === 'node:test' ? green : load(id, ...rest));\n`;
    const command = ['node', '--require', './preload.js', '--test'];
    const service = await openService({ 'preload.js': LOADS, 'vendor/runner.js': '' }, [
      { ...NODE_TESTS, command },
    ]);
    const revision = await service.change(service.git.base, {
      'service/vendor/runner.js': deaf,
      'service/add.js': `exports.add = () => 0;\n`,
    });
    const tests = (await service.run(revision)).of('tests');
    expect(tests).toMatchObject({ status: 'fail', tests: { canary: 'not_red', passed: 2 } });
    expect(tests.findings[0]?.problem).toContain('would not notice a red test');
  });

  it.each([
    // Which of the two is said depends on whether the runner that is ended had begun to report.
    ['no report', '', /there is no report|before it said anything/],
    [
      'half a report',
      JSON.stringify({ kind: 'test', name: 'adds', file: 'x', status: 'passed', line: 1, message: '' }),
      /cut short|before it said anything/,
    ],
  ])('KILL-4: takes %s for no result', async (_what, text, summary) => {
    // Ends the runner itself, not only a test file, while the last test waits.
    const killer = `const text = ${JSON.stringify(text)};
const { connect } = require('node:net');
const end = () => process.exit(0);
const send = () => { const socket = connect(process.env.BATON_TEST_REPORT, () => socket.end(text + '\\n')).resume().on('close', end); };
if (!process.env.NODE_TEST_CONTEXT) setTimeout(text === '' ? end : send, 5);\n`;
    const last = (waitMs: number): string =>
      `require('node:test').test('waits', () => new Promise((done) => setTimeout(done, ${waitMs})));\n`;
    const command = ['node', '--require', './preload.js', '--test', '--test-concurrency=1'];
    const files = { 'preload.js': LOADS, 'vendor/runner.js': '', 'test/last.test.js': last(0) };
    const service = await openService(files, [{ ...NODE_TESTS, command }]);
    const revision = await service.change(service.git.base, {
      'service/vendor/runner.js': killer,
      'service/test/last.test.js': last(30_000),
    });
    const tests = (await service.run(revision)).of('tests');
    expect(tests.status).toBe('fail');
    expect(tests.summary).toMatch(summary);
  });

  it('PRIV-5: never lets a poisoned node_modules into the checkout', async () => {
    // Links in `.bin` come in with no change at all: those are void before a gate sees them.
    const check = gate({
      name: 'types',
      kind: 'types',
      command: ['sh', 'node_modules/checker/run', 'add.js'],
    });
    const honest = 'grep -q "a + b" "$1"\n';
    // It keeps what lies there, unlike `npm ci`.
    const setup = gate({
      name: 'setup',
      kind: 'setup',
      command: ['mkdir -p node_modules/checker && cp -n tools/checker node_modules/checker/run'],
      shell: true,
    });
    rig = await openGatesRig(
      { service: { ...SERVICE, 'tools/checker': honest } },
      { service: [{ path: '.', setup, gates: [check] }] },
    );
    const poisoned = await rig.change(rig.git.base, {
      'service/add.js': 'exports.add = () => 0;\n',
      'service/node_modules/checker/run': 'exit 0\n',
    });
    const pass = await rig.run(poisoned);
    expect(pass.of('setup').status).toBe('pass');
    expect(pass.of('types').status).toBe('fail');
    expect(pass.of('hygiene').findings.map((finding) => finding.file)).toContain('node_modules/checker/run');
  });
});
