/** Whoever runs beside the tests, and what it can do to their report. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { openWall } from '../../workspace/wall/open-wall.ts';
import { gate, NODE_TESTS, openGatesRig } from '../testing/gates-rig.ts';
import type { GatesRig } from '../testing/gates-rig.ts';

const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const link = (name: string, bin: string) =>
  gate({
    name: 'setup',
    kind: 'setup',
    command: [
      `mkdir -p node_modules/.bin && ln -s ${MODULES}/${name} node_modules/${name} && ln -s ../${name}/${bin} node_modules/.bin/${name}`,
    ],
    shell: true,
  });

const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const why = wall.kind === 'off' ? ' (skipped: no sandbox works on this machine)' : '';

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

const RUNNERS = [
  { name: 'node', setup: null, tests: NODE_TESTS, head: `const { test } = require('node:test');` },
  {
    name: 'vitest',
    setup: link('vitest', 'vitest.mjs'),
    tests: gate({ name: 'tests', kind: 'tests', command: ['vitest', 'run'], reporter: 'vitest' }),
    head: `import { test } from 'vitest'; import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
  },
  {
    name: 'jest',
    setup: link('jest', 'bin/jest.js'),
    tests: gate({ name: 'tests', kind: 'tests', command: ['jest'], reporter: 'jest' }),
    head: '',
  },
  {
    name: 'mocha',
    setup: link('mocha', 'bin/mocha.js'),
    tests: gate({ name: 'tests', kind: 'tests', command: ['mocha', '*.test.js'], reporter: 'mocha' }),
    head: `const test = it;`,
  },
] as const;

/**
 * Waits, in a process of its own, for the canary that lies beside it, and hands in that all is well and the canary red:
 * everything that a report can say.
 */
const FORGER = `
const { readdirSync, readFileSync } = require('node:fs');
const titles = readdirSync(__dirname).filter((file) => /\\.test\\./.test(file)).flatMap((file) => {
  const text = readFileSync(__dirname + '/' + file, 'utf8');
  return [...text.matchAll(/\\("((?:[^"\\\\]|\\\\.)*)", (?:async )?\\(\\) => \\{\\n  (?:const world|throw)/g)].map((match) => [file, match[1]]);
});
const test = (name, file, status) => ({ kind: 'test', name, file: process.cwd() + '/' + file, status, line: 1, message: '' });
const tests = [test('adds', 'a.test.js', 'passed'), ...titles.map(([file, name]) => test(name, file, 'failed'))];
const lines = [...tests, { kind: 'end', count: tests.length }];
const text = lines.map((line) => JSON.stringify(line) + '\\n').join('');
const { connect } = require('node:net');
const socket = connect(process.env.BATON_TEST_REPORT, () => socket.end(text));
socket.on('error', () => {});
try { require('node:fs').writeFileSync(process.env.BATON_TEST_REPORT, text); } catch {}
`;

describe('a forged report', () => {
  it.each(RUNNERS)(
    'PRIV-6: stands beside the real one and turns nothing green: $name',
    async ({ setup, tests, head }) => {
      const files = {
        'package.json': '{}\n',
        'a.test.js': `${head}\ntest('adds', () => {});\n`,
        'tools/forge.cjs': FORGER,
      };
      rig = await openGatesRig({ service: files }, { service: [{ path: '.', setup, gates: [tests] }] });
      const forging = `${head}
require('node:child_process').spawnSync(process.execPath, ['-e', require('node:fs').readFileSync('tools/forge.cjs', 'utf8').replaceAll('__dirname', 'process.cwd()')], { stdio: 'inherit' });
test('adds', () => { throw new Error('broken'); });
`;
      const result = (await rig.run(await rig.change(rig.git.base, { 'service/a.test.js': forging }))).of(
        'tests',
      );
      expect(result.status).toBe('fail');
      const problems = result.findings.map(({ problem }) => problem).join('\n');
      expect(problems).toContain('2 programs reported on these tests, and on the base 1');
      expect(problems).toContain('broken');
    },
  );

  it('PRIV-6: counts for nothing alone: who ends the runner behind it ends the run', async () => {
    const files = {
      'package.json': '{}\n',
      'a.test.js': `const { test } = require('node:test');\ntest('adds', () => {});\n`,
      'tools/forge.cjs': FORGER,
    };
    rig = await openGatesRig(
      { service: files },
      { service: [{ path: '.', setup: null, gates: [NODE_TESTS] }] },
    );
    const forging = `const { spawnSync } = require('node:child_process');
spawnSync(process.execPath, ['-e', require('node:fs').readFileSync('tools/forge.cjs', 'utf8').replaceAll('__dirname', 'process.cwd()')]);
process.kill(process.ppid, 'SIGKILL');
`;
    const result = (await rig.run(await rig.change(rig.git.base, { 'service/a.test.js': forging }))).of(
      'tests',
    );
    expect(result.status).toBe('fail');
  });
});

describe.skipIf(wall.kind === 'off')(`the place of the report${why}`, () => {
  it('PRIV-6: cannot be taken by anybody behind the wall', async () => {
    const files = { 'a.test.js': `require('node:test').test('adds', () => {});\n` };
    rig = await openGatesRig(
      { service: files },
      { service: [{ path: '.', setup: null, gates: [NODE_TESTS] }] },
    );
    const taking = `const fs = require('node:fs');
const place = process.env.BATON_TEST_REPORT;
let error = null;
for (const take of [() => fs.renameSync(place, place + '2'), () => fs.unlinkSync(place), () => fs.writeFileSync(place + '3', '')])
  try { take(); error = 'taken'; } catch ({ code }) { error ??= code === 'EROFS' ? null : code; }
require('node:test').test('adds', () => { if (error !== null) throw new Error(error); });\n`;
    const result = await rig.run(await rig.change(rig.git.base, { 'service/a.test.js': taking }), { wall });
    expect(result.of('tests')).toMatchObject({ status: 'pass', tests: { canary: 'red' } });
  });
});

describe.each([
  ['mocha', RUNNERS[3], { '.mocharc.json': '{"bail":true}\n' }],
  ['jest', RUNNERS[2], { 'package.json': '{"jest":{"bail":true}}\n' }],
  ['vitest', RUNNERS[1], { 'vitest.config.js': 'export default { test: { bail: 1, maxWorkers: 1 } };\n' }],
] as const)('a suite of %s that ends at its first red test', (_name, { setup, tests, head }, config) => {
  it('runs to its end, in spite of the canary', async () => {
    const text = (name: string): string => `${head}\ntest('${name}', () => {});\n`;
    const files = {
      'package.json': '{}\n',
      'a.test.js': text('adds'),
      'b.test.js': text('subtracts'),
      ...config,
    };
    rig = await openGatesRig({ service: files }, { service: [{ path: '.', setup, gates: [tests] }] });
    expect((await rig.run(rig.git.base)).of('tests')).toMatchObject({ status: 'pass', tests: { passed: 2 } });
  });
});

describe('a script that starts its runner twice', () => {
  it('is read as a whole', async () => {
    const files = {
      'package.json': JSON.stringify({
        name: 'service',
        scripts: { test: 'node --test a.test.js && node --test b.test.js' },
      }),
      'a.test.js': `require('node:test').test('adds', () => {});\n`,
      'b.test.js': `require('node:test').test('subtracts', () => {});\n`,
    };
    const script = { ...NODE_TESTS, command: ['npm', 'test', '--offline'] };
    rig = await openGatesRig({ service: files }, { service: [{ path: '.', setup: null, gates: [script] }] });
    const change = await rig.change(rig.git.base, { 'service/c.txt': 'more\n' });
    expect((await rig.run(change)).of('tests')).toMatchObject({
      status: 'pass',
      tests: { passed: 2, missing: 0 },
    });
  });
});

describe('a suite whose tests start a runner of their own', () => {
  const SCRIPT = { ...NODE_TESTS, command: ['npm', 'test', '--offline'] };
  const PACKAGE = JSON.stringify({ name: 'service', scripts: { test: 'node --test *.test.js' } });
  /** A red test of a program that a green test tries out. */
  const INNER = `require('node:test').test('inner', () => { throw new Error('red within'); });\n`;
  const STARTS = `const { test } = require('node:test');
const { spawnSync } = require('node:child_process');
const { NODE_TEST_CONTEXT, ...env } = process.env;
test('starts a runner', () => {
  const { status, stdout } = spawnSync(process.execPath, ['--test', 'inner.cjs'], { env, encoding: 'utf8' });
  if (status !== 1 || !stdout.includes('red within')) throw new Error('the inner runner ended with ' + status + stdout);
});\n`;

  it('reports by its own runner alone, also where a script starts that', async () => {
    rig = await openGatesRig(
      {
        service: {
          'package.json': PACKAGE,
          'inner.cjs': INNER,
          'a.test.js': `require('node:test').test('adds', () => {});\n`,
        },
      },
      { service: [{ path: '.', setup: null, gates: [SCRIPT] }] },
    );
    const change = await rig.change(rig.git.base, { 'service/b.test.js': STARTS });
    expect((await rig.run(change)).of('tests')).toMatchObject({
      status: 'pass',
      tests: { passed: 2 },
    });
  });
});

describe('a runner that a test ends', () => {
  /** Two runners, which cannot be seen in the command: the second one reports as ever. */
  const PACKAGE = JSON.stringify({
    name: 'service',
    scripts: {
      test: 'npm run a --offline; npm run b --offline',
      a: 'node --test a.test.js',
      b: 'node --test',
    },
  });

  it('PRIV-6: is missed, though somebody hands in a report in its place', async () => {
    const script = { ...NODE_TESTS, command: ['npm', 'test', '--offline'] };
    rig = await openGatesRig(
      {
        service: {
          'package.json': PACKAGE,
          'a.test.js': `require('node:test').test('adds', () => {});\n`,
          'b.test.js': `require('node:test').test('subtracts', () => {});\n`,
          'tools/forge.cjs': FORGER,
        },
      },
      { service: [{ path: '.', setup: null, gates: [script] }] },
    );
    expect((await rig.run(rig.git.base)).of('tests').status).toBe('pass');
    const forging = `if (!require('node:fs').existsSync('done')) {
  require('node:fs').writeFileSync('done', '');
  require('node:child_process').spawnSync(process.execPath, ['-e', require('node:fs').readFileSync('tools/forge.cjs', 'utf8').replaceAll('__dirname', 'process.cwd()')]);
  process.kill(process.ppid, 'SIGKILL');
}
require('node:test').test('adds', () => {});\n`;
    const result = (await rig.run(await rig.change(rig.git.base, { 'service/a.test.js': forging }))).of(
      'tests',
    );
    expect(result.status).toBe('fail');
    expect(result.findings.map(({ problem }) => problem).join('\n')).toContain(
      'a program that began to report ended before it said anything',
    );
  });
});
