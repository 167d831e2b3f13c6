/** The runners themselves: vitest and jest as this repository has them, JUnit by a shell script, npm scripts, and other endings. */
import { afterEach, describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import type { GateCommand } from '../../definitions/config.ts';
import { gate, NODE_TESTS, openGatesRig, wholeRepo } from '../testing/gates-rig.ts';
import type { GatesRig } from '../testing/gates-rig.ts';

const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** The change of a script that a gate runs counts: a person approved it. */
const APPROVED = { approvedConfig: true };

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

describe('vitest', () => {
  const tests = gate({ name: 'tests', kind: 'tests', command: ['vitest', 'run'], reporter: 'vitest' });
  // A folder of its own: vitest keeps a cache in node_modules, which shall not be the one of this repository.
  const link = gate({
    name: 'setup',
    kind: 'setup',
    command: [
      `mkdir -p node_modules/.bin && ln -s ${MODULES}/vitest node_modules/vitest && ln -s ../vitest/vitest.mjs node_modules/.bin/vitest`,
    ],
    shell: true,
  });
  const source = (body: string): string => `import { expect, test } from 'vitest';\n${body}\n`;

  it('reports names, a red canary, and errors outside of tests', async () => {
    const files = {
      'package.json': '{"type":"module"}\n',
      'src/a.test.ts': source(`test('adds', () => { expect(1 + 1).toBe(2); });`),
    };
    rig = await openGatesRig({ service: files }, { service: [{ path: '.', setup: link, gates: [tests] }] });
    const fine = await rig.run(
      await rig.change(rig.git.base, { 'service/src/b.test.ts': source(`test('is new', () => {});`) }),
    );
    expect(fine.of('tests')).toMatchObject({
      status: 'pass',
      summary: '2 passed, 1 new',
      tests: { canary: 'red' },
    });

    const stray = `void Promise.resolve().then(() => { throw new Error('stray'); });`;
    const bad = await rig.run(
      await rig.change(rig.git.base, {
        'service/src/b.test.ts': source(`test('is new', () => { ${stray} });`),
        'service/src/c.test.ts': source(
          `test.skip('is off', () => {});\ntest('fails', () => { expect(1).toBe(2); });`,
        ),
      }),
    );
    expect(bad.of('tests').status).toBe('fail');
    expect(bad.of('tests').tests).toMatchObject({ total: 4, passed: 2, failed: 1, skipped: 1 });
    const problems = bad.of('tests').findings.map((finding) => finding.problem);
    expect(problems[0]).toContain('The new test `fails` fails: expected 1 to be 2');
    expect(problems[1]).toContain('failed outside of any test: stray');
    expect(bad.of('tests').findings[0]).toMatchObject({ file: 'src/c.test.ts', line: 3 });
  });

  it('PRIV-6: is red where what a global setup starts ends the runner with 0', async () => {
    const files = {
      'package.json': '{"type":"module"}\n',
      'vitest.config.js': `export default { test: { globalSetup: './setup.js' } };\n`,
      'setup.js': `import { start } from './src/app.js';\nexport default () => start();\n`,
      'src/app.js': 'export const start = () => {};\n',
      'a.test.js': source(`test('adds', () => {});`),
    };
    rig = await openGatesRig({ service: files }, { service: [{ path: '.', setup: link, gates: [tests] }] });
    expect((await rig.run(rig.git.base)).of('tests').status).toBe('pass');
    const revision = await rig.change(rig.git.base, {
      'service/src/app.js': 'export const start = () => process.exit(0);\n',
    });
    const ended = (await rig.run(revision)).of('tests');
    expect(ended.status).toBe('fail');
    expect(ended.summary).toContain('there is no report');
  });

  it('PRIV-6: is red where the runner is ended from inside', async () => {
    const files = { 'package.json': '{"type":"module"}\n', 'a.test.js': source(`test('adds', () => {});`) };
    rig = await openGatesRig({ service: files }, { service: [{ path: '.', setup: link, gates: [tests] }] });
    const revision = await rig.change(rig.git.base, {
      'service/a.test.js': source(`process.kill(process.ppid, 'SIGKILL');\ntest('adds', () => {});`),
    });
    expect((await rig.run(revision)).of('tests').status).toBe('fail');
  });
});

describe('jest', () => {
  const tests = gate({ name: 'tests', kind: 'tests', command: ['jest'], reporter: 'jest' });
  // A folder of its own, as for vitest.
  const link = gate({
    name: 'setup',
    kind: 'setup',
    command: [
      `mkdir -p node_modules/.bin node_modules/@jest && ln -s ${MODULES}/jest node_modules/jest && ln -s ${MODULES}/@jest/globals node_modules/@jest/globals && ln -s ../jest/bin/jest.js node_modules/.bin/jest`,
    ],
    shell: true,
  });
  const FILES = {
    'package.json': '{}\n',
    'src/a.test.js': `test('adds', () => { expect(1 + 1).toBe(2); });\n`,
  };
  const open = async (files: Record<string, string> = {}): Promise<GatesRig> =>
    openGatesRig(
      { service: { ...FILES, ...files } },
      { service: [{ path: '.', setup: link, gates: [tests] }] },
    );

  it('reports names with a red canary, and what fails with its name and line', async () => {
    rig = await open();
    expect((await rig.run(rig.git.base)).of('tests')).toMatchObject({
      status: 'pass',
      summary: '1 passed',
      tests: { canary: 'red' },
    });
    const more = `describe('orders', () => {\n  test('fails', () => { expect(1).toBe(2); });\n  test.skip('is off', () => {});\n});\n`;
    const bad = (await rig.run(await rig.change(rig.git.base, { 'service/src/b.test.js': more }))).of(
      'tests',
    );
    expect(bad).toMatchObject({ status: 'fail', tests: { passed: 1, failed: 1, skipped: 1, canary: 'red' } });
    expect(bad.findings).toMatchObject([{ file: 'src/b.test.js', line: 2 }, { file: 'src/b.test.js' }]);
    expect(bad.findings[0]?.problem).toContain('The new test `orders > fails` fails');
    expect(bad.findings[1]?.problem).toContain('The new test `orders > is off` does not run');
  });

  it('PRIV-6: is red where what a global setup starts ends the runner with 0', async () => {
    rig = await open({
      'package.json': '{"jest":{"globalSetup":"./setup.js"}}\n',
      'setup.js': `const { start } = require('./src/app.js');\nmodule.exports = () => start();\n`,
      'src/app.js': 'exports.start = () => {};\n',
    });
    expect((await rig.run(rig.git.base)).of('tests').status).toBe('pass');
    const revision = await rig.change(rig.git.base, {
      'service/src/app.js': 'exports.start = () => process.exit(0);\n',
    });
    const ended = (await rig.run(revision)).of('tests');
    expect(ended.status).toBe('fail');
    expect(ended.summary).toContain('there is no report');
  });

  it('takes the canary where tests import what they use', async () => {
    rig = await open({
      'package.json': '{"jest":{"injectGlobals":false}}\n',
      'src/a.test.js': `const { test } = require('@jest/globals');\ntest('adds', () => {});\n`,
    });
    expect((await rig.run(rig.git.base)).of('tests')).toMatchObject({
      status: 'pass',
      tests: { canary: 'red' },
    });
  });

  it.each([
    ['calls process.exit', `test('adds', () => { process.exit(0); });\n`],
    ['kills the runner', `test('adds', () => { process.kill(process.pid, 'SIGKILL'); });\n`],
  ])('PRIV-6: is red where a test %s', async (_what, text) => {
    rig = await open();
    const revision = await rig.change(rig.git.base, { 'service/src/a.test.js': text });
    const result = (await rig.run(revision)).of('tests');
    expect(result.status).toBe('fail');
  });

  it('PRIV-7: names the tests that a focused one silences', async () => {
    rig = await open({ 'src/a.test.js': `test('adds', () => {});\ntest('subtracts', () => {});\n` });
    const focused = `test('adds', () => {});\ntest.only('subtracts', () => {});\n`;
    const result = (await rig.run(await rig.change(rig.git.base, { 'service/src/a.test.js': focused }))).of(
      'tests',
    );
    expect(result).toMatchObject({ status: 'fail', tests: { skipped: 1, canary: 'red' } });
    expect(result.findings[0]?.problem).toContain('The test `adds` ran at the base and is skipped now.');
  });

  it('is red where a test file does not load', async () => {
    rig = await open();
    const broken = { 'service/src/b.test.js': `throw new Error('stray');\n` };
    const result = (await rig.run(await rig.change(rig.git.base, broken))).of('tests');
    expect(result.status).toBe('fail');
    expect(result.findings[0]?.problem).toContain('stray');
  });
});

describe('node:test through a script', () => {
  it('is read by name too', async () => {
    const files = {
      'package.json': JSON.stringify({ name: 'service', scripts: { test: 'node --test' } }),
      'a.test.js': `require('node:test').test('works', () => {});\n`,
    };
    const script = { ...NODE_TESTS, command: ['npm', 'test', '--offline'] };
    rig = await openGatesRig({ service: files }, { service: wholeRepo(script) });
    expect((await rig.run(rig.git.base)).of('tests')).toMatchObject({ status: 'pass', summary: '1 passed' });
  });
});

describe('the canary', () => {
  it('PRIV-6: is red and yet the runner ends with 0: something ended it', async () => {
    const command = ['node', '--require', './preload.js', '--test'];
    const files = { 'preload.js': '', 'a.test.js': `require('node:test').test('works', () => {});\n` };
    rig = await openGatesRig({ service: files }, { service: wholeRepo({ ...NODE_TESTS, command }) });
    const revision = await rig.change(rig.git.base, {
      'service/preload.js': `process.on('exit', () => { process.exitCode = 0; });\n`,
    });
    const tests = (await rig.run(revision, APPROVED)).of('tests');
    expect(tests).toMatchObject({ status: 'fail', tests: { passed: 1, failed: 0, canary: 'red' } });
    expect(tests.findings[0]?.problem).toContain('exit code 0 although a test had failed');
  });

  it('is not asked for where the command names its files, which the base shows', async () => {
    const command = ['node', '--test', 'a.test.js'];
    const files = { 'a.test.js': `require('node:test').test('works', () => {});\n` };
    rig = await openGatesRig({ service: files }, { service: wholeRepo({ ...NODE_TESTS, command }) });
    expect((await rig.run(rig.git.base)).of('tests')).toMatchObject({
      status: 'pass',
      summary: '1 passed, canary: none',
    });
  });

  it.each([
    ['src/a.test.mjs', `import { test } from 'node:test';\ntest('works', () => {});\n`],
    ['src/a.spec.ts', `import { test } from 'node:test';\ntest('works', (): void => {});\n`],
    ['test/a_test.cjs', `const { test } = require('node:test');\ntest('works', () => {});\n`],
    ['test/plain.js', `const { test } = require('node:test');\ntest('works', () => {});\n`],
  ])('fits in beside %s', async (file, text) => {
    const command = ['node', '--test', file.startsWith('src') ? 'src/**/*.{test,spec}.*' : 'test/**'];
    rig = await openGatesRig(
      { service: { [file]: text } },
      { service: wholeRepo({ ...NODE_TESTS, command }) },
    );
    expect((await rig.run(rig.git.base)).of('tests')).toMatchObject({
      status: 'pass',
      tests: { canary: 'red', total: 1 },
    });
  });

  it('SEC-1: a value that was passed through is in no finding and no log', async () => {
    const leak = `require('node:test').test('leaks', () => { console.log(process.env.KEY); throw new Error('key ' + process.env.KEY); });\n`;
    const tests = { ...NODE_TESTS, env: ['KEY'] };
    rig = await openGatesRig(
      { service: { 'a.js': '1;\n' } },
      { service: wholeRepo(tests) },
      { KEY: 'very-secret-9' },
    );
    const pass = await rig.run(await rig.change(rig.git.base, { 'service/a.test.js': leak }));
    expect(pass.findings[0]?.problem).toContain('key [KEY]');
    expect(JSON.stringify(pass)).not.toContain('very-secret-9');
  });
});

describe('JUnit', () => {
  const script = (name: string, exit = 0, more = ''): string =>
    `printf '<testsuite name="s" tests="1"><testcase name="${name}"/></testsuite>' > "$1"; ${more} exit ${exit}\n`;
  const open = (command: GateCommand['command']): Promise<GatesRig> =>
    openGatesRig(
      { service: { 'run.sh': script('works') } },
      {
        service: wholeRepo(
          gate({ name: 'tests', kind: 'tests', command, reporter: 'junit', report: 'out/r.xml' }),
        ),
      },
    );

  it('is read from the place that the configuration names, and shown as without canary', async () => {
    rig = await open(['sh', '-c', 'mkdir -p out; sh run.sh out/r.xml']);
    expect((await rig.run(rig.git.base)).of('tests')).toMatchObject({
      status: 'pass',
      summary: '1 passed, canary: none',
      tests: { canary: 'none' },
    });
  });

  it('KILL-4: a report that lies in the commit already is none', async () => {
    rig = await open(['sh', 'run.sh', '{report}']);
    const forged = { 'service/out/r.xml': '<testsuite tests="1"><testcase name="works"/></testsuite>' };
    rig[Symbol.dispose]();
    rig = await open(['sh', '-c', 'mkdir -p out; sh run.sh out/r.xml']);
    const revision = await rig.change(rig.git.base, { ...forged, 'service/run.sh': 'exit 0\n' });
    expect((await rig.run(revision, APPROVED)).of('tests')).toMatchObject({
      status: 'fail',
      summary: 'there is no report',
    });
  });

  it('fails where the exit code is red and every name is green', async () => {
    rig = await open(['sh', 'run.sh', '{report}']);
    const revision = await rig.change(rig.git.base, {
      'service/run.sh': script('works', 3, 'echo coverage is too low;'),
    });
    const tests = (await rig.run(revision, APPROVED)).of('tests');
    expect(tests.status).toBe('fail');
    expect(tests.findings[0]?.problem).toContain(
      'failed outside of tests. Of its output:\ncoverage is too low',
    );
  });

  it.each([
    ['a pipe', 'mkfifo "$1"'],
    [
      'a link',
      'echo "<testsuite tests=\\"1\\"><testcase name=\\"works\\"/></testsuite>" > green.xml; ln -s "$PWD/green.xml" "$1"',
    ],
    ['a folder', 'mkdir "$1"'],
  ])('KILL-4: takes %s in its place for no report, and does not wait for it', async (_what, line) => {
    rig = await open(['sh', 'run.sh', '{report}']);
    const revision = await rig.change(rig.git.base, { 'service/run.sh': `${line}\n` });
    expect((await rig.run(revision, APPROVED)).of('tests')).toMatchObject({
      status: 'fail',
      summary: 'there is no report',
    });
  });

  it('KILL-4: a report that a process left behind turns green does not count', async () => {
    // The runner ends with a red report; a process that it left behind then writes a green one.
    const late = `(while kill -0 $$ 2>/dev/null; do :; done; ${script('works').replace('exit 0', '')}) >/dev/null 2>&1 &\n`;
    const red = `printf '<testsuite tests="1"><testcase name="works"><failure/></testcase></testsuite>' > "$1"\n`;
    rig = await open(['sh', 'run.sh', '{report}']);
    const revision = await rig.change(rig.git.base, { 'service/run.sh': `${late}${red}exit 1\n` });
    expect((await rig.run(revision, APPROVED)).of('tests').status).toBe('fail');
  });
});

describe('a gate without names', () => {
  it('R80: is unverified when green, never more', async () => {
    const tests = gate({ name: 'tests', kind: 'tests', command: ['sh', 'test.sh'] });
    rig = await openGatesRig({ service: { 'test.sh': 'exit 0\n' } }, { service: wholeRepo(tests) });
    expect((await rig.run(rig.git.base)).of('tests').status).toBe('unverified');
    const red = await rig.change(rig.git.base, { 'service/test.sh': 'echo broken; exit 1\n' });
    expect((await rig.run(red, APPROVED)).of('tests')).toMatchObject({
      status: 'fail',
      findings: [{ problem: expect.stringContaining('broken') }],
    });
  });
});

describe('a gate that comes to no end', () => {
  it('shows of a suite that hangs the tests of the repository that failed, and none of the canary', async () => {
    const suite = (body: string): string =>
      `import { test } from 'node:test';\nimport assert from 'node:assert/strict';\nimport { createServer } from 'node:http';\n${body}\n`;
    const hangs = `test('lists books', async () => {
  const server = createServer(() => {});
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  assert.equal(1, 2);
  server.close();
});`;
    const files = {
      'package.json': '{"type":"module"}\n',
      'books.test.js': suite(`test('lists books', () => {});`),
    };
    // Long enough for a loaded machine to come to the line that hangs: the canary and the base run within it, too.
    const tests = { ...NODE_TESTS, timeoutMs: 15_000 };
    rig = await openGatesRig({ service: files }, { service: wholeRepo(tests) });
    const hung = await rig.change(rig.git.base, { 'service/books.test.js': suite(hangs) });
    const result = (await rig.run(hung)).of('tests');
    expect(result.summary).toBe('it did not end within its time limit');
    const shown = result.findings[0]?.problem ?? '';
    expect(shown).toMatch(/✖ lists books \(/);
    expect(shown.match(/✖ /g)).toHaveLength(1);
    expect(result.findings[0]?.fix).toContain('still open');
  });

  it('PROC-1: is ended at its time limit with everything it started', async () => {
    const tests = { ...NODE_TESTS, timeoutMs: 1_500 };
    rig = await openGatesRig({ service: { 'a.test.js': '' } }, { service: wholeRepo(tests) });
    const marker = `baton-gate-test-${process.pid}-${Date.now()}`;
    const revision = await rig.change(rig.git.base, {
      'service/a.test.js': `require('node:child_process').spawn('sh', ['-c', 'sleep 300; : ${marker}'], { detached: true });
setInterval(() => {}, 1000);\n`,
    });
    const result = (await rig.run(revision)).of('tests');
    expect(result).toMatchObject({ status: 'fail', summary: 'it did not end within its time limit' });
    expect(await processesWith(marker)).toEqual([]);
    // What was cut off may go better the next time.
    expect((await rig.run(revision)).of('tests').cached).toBe(false);
  });

  it('is ended by an abort, which leaves neither processes nor folders', async () => {
    const marker = `baton-gate-abort-${process.pid}-${Date.now()}`;
    const wait = gate({ name: 'wait', kind: 'command', command: ['sh', '-c', `sleep 300; : ${marker}`] });
    rig = await openGatesRig({ service: { 'a.js': '1;\n' } }, { service: wholeRepo(wait) });
    const abort = new AbortController();
    const running = rig.run(rig.git.base, {}, abort.signal);
    const deadline = Date.now() + 20_000;
    while ((await processesWith(marker)).length === 0 && Date.now() < deadline)
      await new Promise(setImmediate);
    abort.abort(new Error('stop'));
    await expect(running).rejects.toThrow('stop');
    expect(await processesWith(marker)).toEqual([]);
    expect(await rig.leftBehind()).toEqual([]);
  });

  it('is an error where the command is not there, and is not remembered', async () => {
    const absent = gate({ name: 'absent', kind: 'build', command: ['no-such-program'] });
    rig = await openGatesRig({ service: { 'a.js': '1;\n' } }, { service: wholeRepo(absent) });
    const first = (await rig.run(rig.git.base)).of('absent');
    expect(first).toMatchObject({ status: 'error', findings: [{ blocking: true }] });
    expect(first.findings[0]?.problem).toContain('`no-such-program` is not there');
    expect((await rig.run(rig.git.base)).of('absent').cached).toBe(false);
  });
});

async function processesWith(marker: string): Promise<string[]> {
  const { readdir, readFile } = await import('node:fs/promises');
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line.includes(marker));
}
