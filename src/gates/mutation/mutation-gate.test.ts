/** The gate in a pass: real repositories, real runners. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { NO_WALL, openWall } from '../../workspace/wall/open-wall.ts';
import { gate, NODE_TESTS, openGatesRig, wholeRepo, type GatesRig } from '../testing/gates-rig.ts';

const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const MUTATION = gate({ name: 'mutation', kind: 'mutation', command: [], set: 'full' });
const BASE = {
  'package.json': '{"type":"module"}\n',
  'src/zero.js': 'export const zero = () => 0;\n',
  'test/zero.test.js': `import assert from 'node:assert';
import test from 'node:test';
import { zero } from '../src/zero.js';
test('is nothing', () => assert.equal(zero(), 0));
`,
};
const TESTS = `import assert from 'node:assert';
import test from 'node:test';
import { sum } from '../src/sum.js';
test('adds two and three', () => assert.equal(sum(2, 3), 5));
test('adds one and one', () => assert.equal(sum(1, 1), 2));
`;
const HARD_CODED = `export function sum(a, b) {
  if (a === 2 && b === 3) return 5;
  if (a === 1 && b === 1) return 2;
  return 0;
}
`;

const GOOD = 'export const sum = (a, b) => a + b;\n';

/** As few as the case needs. */
const bounded = (mostMutants: number, timeMs = 300_000): typeof MUTATION => ({
  ...MUTATION,
  mutation: { timeMs, mostMutants, minScore: 0.5 },
});
const open = (
  mutation = MUTATION,
  tests = NODE_TESTS,
  base: Record<string, string> = BASE,
): Promise<GatesRig> => openGatesRig({ service: base }, { service: wholeRepo(tests, mutation) });
const adding = (text: string, tests = TESTS): Record<string, string> => ({
  'service/src/sum.js': text,
  'service/test/sum.test.js': tests,
});

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

describe('the gate mutation, with node:test', () => {
  it('PRIV-8: stops answers that are written down from visible tests', async () => {
    rig = await open(bounded(7));
    const pass = await rig.run(await rig.change(rig.git.base, adding(HARD_CODED)));
    expect(pass.of('tests').status).toBe('pass');
    expect(pass.of('mutation')).toMatchObject({ status: 'fail', kind: 'mutation' });
    expect(pass.of('mutation').summary).toMatch(/fixed answers, 7 of 15 tried \(bounds: 5m and 7 mutants\)$/);
    const stopped = pass.of('mutation').findings.filter(({ blocking }) => blocking);
    expect(stopped.map(({ file, line }) => `${file}:${line}`).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'src/sum.js:2',
      'src/sum.js:3',
    ]);
    expect(pass.logs.join('')).toContain('noticed: test/sum.test.js > adds one and one');
  });

  it('PRIV-8: stops code that answers otherwise once it is written otherwise', async () => {
    // Every mutant would be noticed: for its text, and not for what it does.
    const watchful = `const own = (f) => String(f).length;
export function sum(a, b) {
  if (own(sum) !== LENGTH) return -1;
  return a === 2 ? 5 : 2;
}
`;
    const body = watchful.slice(watchful.indexOf('function sum'), -1);
    rig = await open(bounded(2));
    const text = watchful.replace('LENGTH', String(body.replace('LENGTH', '80').length));
    const pass = await rig.run(await rig.change(rig.git.base, adding(text)));
    expect(pass.of('tests').status).toBe('pass');
    expect(pass.of('mutation')).toMatchObject({
      status: 'fail',
      findings: [{ file: 'src/sum.js', line: null, blocking: true }],
    });
    expect(pass.of('mutation').summary).toContain('fail with comments alone: src/sum.js');
  });

  it('PRIV-8: passes where tests notice, is kept for equal trees and suites, and leaves quick passes alone', async () => {
    rig = await open();
    const revision = await rig.change(rig.git.base, adding(GOOD));
    const pass = await rig.run(revision);
    expect(pass.of('mutation')).toMatchObject({
      status: 'pass',
      summary: '2 of 2 mutants noticed',
      findings: [],
      cached: false,
    });
    const before = rig.starts();
    expect((await rig.run(revision)).of('mutation')).toMatchObject({ status: 'pass', cached: true });
    expect(rig.starts()).toBe(before);
    const other = { ...NODE_TESTS, command: ['node', '--test', 'test/*.test.js'] };
    const repos = { service: { modules: wholeRepo(other, MUTATION), protectedPaths: [] } };
    expect((await rig.run(revision, { repos })).of('mutation')).toMatchObject({
      status: 'pass',
      cached: false,
    });
    const quick = await rig.run(revision, { set: 'quick' });
    expect(quick.results.map(({ gate: name }) => name)).toEqual(['hygiene', 'tests']);
  });

  it('calls nothing untested that tests do not load as it is written', async () => {
    const built = TESTS.replace('../src/sum.js', '../made/sum.js');
    rig = await open();
    const files = { ...adding(HARD_CODED, built), 'service/made/sum.js': GOOD };
    const pass = await rig.run(
      await rig.change(await rig.change(rig.git.base, { 'service/made/sum.js': GOOD }), files),
      {
        base: await rig.change(rig.git.base, { 'service/made/sum.js': GOOD }),
      },
    );
    expect(pass.of('mutation')).toMatchObject({
      status: 'unverified',
      findings: [{ file: 'src/sum.js', blocking: false, line: null }],
    });
  });

  it('PRIV-8: lets no test notice mutants by what lies beside it in their runs', async () => {
    rig = await open(bounded(7));
    const looksAround = `import assert from 'node:assert';
import { readdirSync } from 'node:fs';
import test from 'node:test';
import { sum } from '../src/sum.js';
sum(1, 1);
test('has two others beside it', () => assert.equal(readdirSync(import.meta.dirname).length, 3));
`;
    const long = 'export const sum = (a, b) => {\n  if (a > b) return a + b;\n  return b * 1 + a;\n};\n';
    const pass = await rig.run(await rig.change(rig.git.base, adding(long, looksAround)));
    expect(pass.of('mutation').status).toBe('fail');
    expect(pass.logs.join('')).not.toContain('noticed: test/sum.test.js > has two others');
  });

  it('asks only tests that are green without a mutant, and says where there are none', async () => {
    rig = await open();
    const red = TESTS.replaceAll(/assert\.equal\(([^,]+, \d\)), \d\)/g, 'assert.equal($1, 7)');
    const pass = await rig.run(
      await rig.change(rig.git.base, { ...adding(GOOD, red), 'service/test/zero.test.js': null }),
    );
    expect(pass.of('mutation')).toMatchObject({
      status: 'unverified',
      summary: 'no suite of this module has a green test with a name',
    });
    // Red without a mutant, and red with each: it says nothing of them.
    const loose = `${red.split("test('adds one")[0]}test('runs', () => void sum(1, 1));\n`;
    const half = await rig.run(await rig.change(rig.git.base, adding(GOOD, loose)));
    expect(half.of('mutation')).toMatchObject({ status: 'pass', summary: '0 of 2 mutants noticed' });
    expect(half.of('mutation').findings.map(({ line, blocking }) => [line, blocking])).toEqual([
      [1, false],
      [1, false],
    ]);
  });

  it('says where there is nothing to be mutated', async () => {
    rig = await open();
    const summaryOf = async (files: Record<string, string>): Promise<string> => {
      const pass = await rig?.run(await rig.change(rig.git.base, files));
      return `${pass?.of('mutation').status}: ${pass?.of('mutation').summary}`;
    };
    expect(await summaryOf({ 'service/README.md': '# x\n', 'service/test/more.js': 'f(1);\n' })).toContain(
      'not_applicable: no line of JavaScript or TypeScript changed',
    );
    expect(await summaryOf({ 'service/src/types.ts': 'export type A = 1;\n' })).toBe(
      'pass: nothing in the changed lines can be mutated',
    );
  });

  it('PRIV-8: names a source that is too long, and never says that nothing changed', async () => {
    rig = await open(bounded(7));
    const long = adding(`${HARD_CODED}//${'x'.repeat(700_000)}\n`);
    const alone = await rig.run(await rig.change(rig.git.base, long));
    expect(alone.of('mutation')).toMatchObject({
      status: 'unverified',
      summary: 'nothing could be mutated: src/sum.js has more than 524288 characters',
    });
    const beside = { ...adding(GOOD), 'service/src/pad.js': `let a = 1;\n//${'x'.repeat(700_000)}\n` };
    const pass = await rig.run(await rig.change(rig.git.base, beside));
    expect(pass.of('mutation').summary).toBe('2 of 2 mutants noticed, not mutated: 1 file');
    expect(pass.of('mutation').findings).toMatchObject([{ file: 'src/pad.js', blocking: false }]);
  });

  it('PRIV-8: sees the code beside a large file that is none', async () => {
    rig = await open(bounded(7));
    const large = { ...adding(HARD_CODED), 'service/data/pad.txt': 'a line of text\n'.repeat(1_200_000) };
    const pass = await rig.run(await rig.change(rig.git.base, large));
    expect(pass.of('mutation').status).toBe('fail');
    expect(pass.of('mutation').findings[0]?.problem).toContain('gives a fixed answer');
  });

  it('leaves nothing where other gates look, with overlays and without', async () => {
    const look = gate({
      name: 'looks',
      kind: 'command',
      command: [
        'node',
        '-e',
        "process.exit(require('fs').readFileSync('src/sum.js', 'utf8').includes('a + b') ? 0 : 1)",
      ],
    });
    const looks = ['one', 'two', 'three'].map((name) => ({ ...look, name }));
    rig = await openGatesRig({ service: BASE }, { service: wholeRepo(MUTATION, NODE_TESTS, ...looks) });
    for (const each of [wall, NO_WALL]) {
      const revision = await rig.change(rig.git.base, adding(`${GOOD}// ${each.kind}\n`));
      const { results, of } = await rig.run(revision, { wall: each });
      expect(of('mutation').summary).toBe('2 of 2 mutants noticed');
      expect(results.map(({ status }) => status)).toEqual(results.map(() => 'pass'));
    }
  });

  it('notices what runs for ever, and stops when its time is over', async () => {
    rig = await open(bounded(60));
    const loop = 'export function sum(a, b) {\n  let i = 0;\n  while (i < b) i += 1;\n  return a + i;\n}\n';
    const pass = await rig.run(await rig.change(rig.git.base, adding(loop)));
    expect(pass.logs.join('')).toContain('i -= 1;\n    noticed: the run took more than 3 times as long');
    const repos = { service: { modules: wholeRepo(NODE_TESTS, bounded(60, 1)), protectedPaths: [] } };
    const short = await rig.run(await rig.change(rig.git.base, adding(GOOD)), { repos });
    expect(short.of('mutation')).toMatchObject({
      status: 'unverified',
      summary: '0 of 0 mutants noticed, 0 of 2 tried (bounds: 1ms and 60 mutants)',
    });
  });
});

describe('the gate mutation, with vitest', () => {
  it('PRIV-8: stops answers that are written down from visible tests', async () => {
    const script = `mkdir -p node_modules/.bin && ln -s ${MODULES}/vitest node_modules/vitest && ln -s ../vitest/vitest.mjs node_modules/.bin/vitest`;
    const link = gate({ name: 'setup', kind: 'setup', command: [script], shell: true });
    const tests = gate({ name: 'tests', kind: 'tests', command: ['vitest', 'run'], reporter: 'vitest' });
    const inVitest = (text: string): string =>
      text
        .replace(
          "import assert from 'node:assert';\nimport test from 'node:test';",
          "import { expect, test } from 'vitest';",
        )
        .replaceAll(/assert\.equal\((.*), (\d)\)\)/g, 'expect($1).toBe($2))');
    const base = { ...BASE, 'test/zero.test.js': inVitest(BASE['test/zero.test.js']) };
    rig = await openGatesRig(
      { service: base },
      { service: [{ path: '.', setup: link, gates: [tests, bounded(7)] }] },
    );
    const bad = await rig.run(await rig.change(rig.git.base, adding(HARD_CODED, inVitest(TESTS))));
    expect(bad.of('tests').status).toBe('pass');
    expect(bad.of('mutation').status).toBe('fail');
    expect(bad.of('mutation').findings[0]?.problem).toContain('gives a fixed answer');
    const good = await rig.run(await rig.change(rig.git.base, adding(GOOD, inVitest(TESTS))));
    expect(good.of('mutation')).toMatchObject({ status: 'pass', summary: '2 of 2 mutants noticed' });
  });
});

describe('the gate mutation, with jest', () => {
  it('PRIV-8: stops answers that are written down from visible tests', async () => {
    const script = `mkdir -p node_modules/.bin && ln -s ${MODULES}/jest node_modules/jest && ln -s ../jest/bin/jest.js node_modules/.bin/jest`;
    const link = gate({ name: 'setup', kind: 'setup', command: [script], shell: true });
    const tests = gate({ name: 'tests', kind: 'tests', command: ['jest'], reporter: 'jest' });
    const inJest = (text: string): string =>
      text
        .replace(/import assert.*\nimport test.*\n/u, '')
        .replace(/import (.*) from (.*);/u, 'const $1 = require($2);')
        .replaceAll(/assert\.equal\((.*), (\d)\)\)/g, 'expect($1).toBe($2))');
    const required = (text: string): string =>
      `${text.replace('export const sum', 'const sum').replace('export ', '')}module.exports = { sum };\n`;
    const base = {
      'package.json': '{}\n',
      'src/zero.js': 'exports.zero = () => 0;\n',
      'test/zero.test.js': inJest(BASE['test/zero.test.js']),
    };
    rig = await openGatesRig(
      { service: base },
      { service: [{ path: '.', setup: link, gates: [tests, bounded(7)] }] },
    );
    const bad = await rig.run(await rig.change(rig.git.base, adding(required(HARD_CODED), inJest(TESTS))));
    expect(bad.of('tests').status).toBe('pass');
    expect(bad.of('mutation').status).toBe('fail');
    expect(bad.of('mutation').findings[0]?.problem).toContain('gives a fixed answer');
    const good = await rig.run(await rig.change(rig.git.base, adding(required(GOOD), inJest(TESTS))));
    expect(good.of('mutation')).toMatchObject({ status: 'pass', summary: '3 of 3 mutants noticed' });
  });
});
