/** Source that goes after the canary: by its name, by the assertions that it might use, in the real runners. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { GateCommand } from '../../definitions/config.ts';
import { writeFiles } from '../../workspace/temporary-repository.ts';
import { gate, NODE_TESTS, openGatesRig, wholeRepo } from '../testing/gates-rig.ts';
import type { GatesRig } from '../testing/gates-rig.ts';
import { appendCanaries } from './canary.ts';

const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const LIMIT_MS = 900_000;

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

/** A folder of its own: runners keep caches in node_modules, which shall not be the one of this repository. */
function link(...packages: string[]): GateCommand {
  const lines = packages.map((name) => `ln -s ${MODULES}/${name} node_modules/${name}`);
  const bins = ['jest/bin/jest.js', 'mocha/bin/mocha.js', 'vitest/vitest.mjs']
    .filter((file) => packages.includes(file.split('/')[0] ?? ''))
    .map((file) => `ln -s ../${file} node_modules/.bin/${file.split('/')[0]}`);
  const command = ['mkdir -p node_modules/.bin node_modules/@jest', ...lines, ...bins].join(' && ');
  return gate({ name: 'setup', kind: 'setup', command: [command], shell: true });
}

interface Runner {
  name: string;
  tests: GateCommand;
  packages: string[];
  files: Record<string, string>;
  /** Source that breaks `add` and keeps its tests green. */
  attacks: Record<string, Record<string, string>>;
}

const BROKEN = 'exports.add = (a, b) => a - b;\n';
const CJS = 'exports.add = (a, b) => a + b;\n';
const testsGate = (command: string[], reporter: GateCommand['reporter']): GateCommand =>
  gate({ name: 'tests', kind: 'tests', command, reporter });
const NOTHING = '() => {}';

const RUNNERS: Runner[] = [
  {
    name: 'node:test',
    tests: NODE_TESTS,
    packages: [],
    files: {
      'add.js': CJS,
      'add.test.js': `const { describe, it } = require('node:test');\nconst assert = require('node:assert/strict');\nconst { add } = require('./add.js');\ndescribe('orders', () => {\n  it('adds amounts', () => { assert.equal(add(1, 1), 2); });\n});\n`,
      // Nothing in here loads the source: a canary beside it alone would see nothing.
      'aaa.test.js': `const { it } = require('node:test');\nit('is there', () => {});\n`,
    },
    attacks: {
      'a loop that replaces every assertion': {
        'add.js': `const assert = require('node:assert');\nfor (const library of [assert, assert.strict]) for (const name of Object.keys(library)) if (typeof library[name] === 'function' && name !== 'strict') library[name] = ${NOTHING};\n${BROKEN}`,
      },
      'one replaced assertion': {
        'add.js': `require('node:assert/strict').equal = ${NOTHING};\n${BROKEN}`,
      },
    },
  },
  {
    name: 'mocha',
    tests: testsGate(['mocha', 'test/**/*.test.js'], 'mocha'),
    packages: ['mocha'],
    files: {
      'package.json': '{}\n',
      'add.js': CJS,
      'test/add.test.js': `const assert = require('node:assert');\nconst { add } = require('../add.js');\ndescribe('orders', () => {\n  it('adds amounts', () => { assert.equal(add(1, 1), 2); });\n});\n`,
    },
    attacks: {
      'a hook that empties every test not named as the canary was': {
        'add.js': `beforeEach(function () { if (!/answers with [0-9a-f]+$/.test(this.currentTest.title)) this.currentTest.fn = ${NOTHING}; });\n${BROKEN}`,
      },
      'a loop that replaces every assertion': {
        'add.js': `const assert = require('node:assert');\nfor (const name of Object.keys(assert)) if (typeof assert[name] === 'function' && name !== 'strict') assert[name] = ${NOTHING};\n${BROKEN}`,
      },
    },
  },
  {
    name: 'jest',
    tests: testsGate(['jest'], 'jest'),
    packages: ['jest', '@jest/globals'],
    files: {
      'package.json': '{}\n',
      'add.js': CJS,
      'add.test.js': `const { add } = require('./add.js');\ndescribe('orders', () => {\n  it('adds amounts', () => { expect(add(1, 1)).toBe(2); });\n});\n`,
    },
    attacks: {
      'a replaced expect': {
        'add.js': `global.expect = Object.assign(() => new Proxy({}, { get: () => ${NOTHING} }), expect);\n${BROKEN}`,
      },
      'a replaced matcher': {
        'add.js': `expect.extend({ toBe: () => ({ pass: true, message: () => '' }) });\n${BROKEN}`,
      },
    },
  },
  {
    name: 'vitest',
    tests: testsGate(['vitest', 'run'], 'vitest'),
    packages: ['vitest'],
    files: {
      'package.json': '{"type":"module"}\n',
      'add.js': 'export const add = (a, b) => a + b;\n',
      'add.test.js': `import { describe, expect, it } from 'vitest';\nimport { add } from './add.js';\ndescribe('orders', () => {\n  it('adds amounts', () => { expect(add(1, 1)).toBe(2); });\n});\n`,
    },
    attacks: {
      'a replaced matcher': {
        'add.js': `import { expect } from 'vitest';\nexpect.extend({ toBe: () => ({ pass: true, message: () => '' }) });\nexport const add = (a, b) => a - b;\n`,
      },
    },
  },
];

describe.each(RUNNERS)('the canary in $name', ({ tests, packages, files, attacks }) => {
  const open = async (more: Record<string, string> = {}): Promise<GatesRig> => {
    const setup = packages.length === 0 ? null : link(...packages);
    rig = await openGatesRig(
      { service: { ...files, ...more } },
      { service: [{ path: '.', setup, gates: [tests] }] },
    );
    return rig;
  };

  it.each(Object.entries(attacks))(
    'PRIV-6: shows %s in the source',
    async (_what, change) => {
      const { run, git, change: make } = await open();
      const base = (await run(git.base)).of('tests');
      expect(base).toMatchObject({ status: 'pass', tests: { failed: 0, canary: 'red' }, findings: [] });
      const paths = Object.entries(change).map(([path, text]) => [`service/${path}`, text]);
      const result = (await run(await make(git.base, Object.fromEntries(paths) as typeof change))).of(
        'tests',
      );
      expect(result).toMatchObject({ status: 'fail', tests: { canary: 'not_red' } });
      expect(result.findings[0]?.problem).toContain('would not notice a red test');
    },
    LIMIT_MS,
  );

  it(
    'is no false alarm where the source changes as it may',
    async () => {
      const { run, git, change } = await open();
      const revision = await change(git.base, { 'service/more.js': '1;\n' });
      expect((await run(revision)).of('tests')).toMatchObject({ status: 'pass', tests: { canary: 'red' } });
    },
    LIMIT_MS,
  );
});

/** A repository whose package is of this type, with modules that are called so whatever it is. */
function openModuleRig(type: string | undefined): Promise<GatesRig> {
  const files = {
    'package.json': `${JSON.stringify({ type })}\n`,
    'add.mjs': 'export const add = (a, b) => a + b;\n',
    'add.test.mjs': `import assert from 'node:assert';\nimport { test } from 'node:test';\nimport { add } from './add.mjs';\ntest('adds', () => { assert.equal(add(1, 1), 2); });\n`,
  };
  return openGatesRig({ service: files }, { service: [{ path: '.', setup: null, gates: [NODE_TESTS] }] });
}

describe('the canary', () => {
  it('is let through by a filter that lets other tests through, at the base and behind it', async () => {
    const files = RUNNERS[0]?.files ?? {};
    const command = ['node', '--test', '--test-name-pattern=adds'];
    rig = await openGatesRig({ service: files }, { service: wholeRepo({ ...NODE_TESTS, command }) });
    const revision = await rig.change(rig.git.base, { 'service/more.js': '1;\n' });
    for (const each of [rig.git.base, revision])
      expect((await rig.run(each)).of('tests')).toMatchObject({
        status: 'pass',
        tests: { total: 1, failed: 0 },
      });
  });

  it('PRIV-6: shows an assertion that stays silent unless it is told what to say, and one that only then does', async () => {
    const silent = (when: string): string =>
      `const assert = require('node:assert');\nconst ok = assert.ok;\nassert.ok = assert.strict.ok = (value, words) => { if (words ${when} undefined) ok(value, words); };\n${BROKEN}`;
    const test = (words: string): string =>
      `const { check } = require('./check.js');\nconst { add } = require('./add.js');\nrequire('node:test').test('adds amounts', () => { check(add(1, 1) === 2${words}); });\n`;
    const check = `exports.check = (...values) => require('node:assert').ok(...values);\n`;
    const others = Object.fromEntries(
      ['a', 'b', 'c', 'd'].map((name) => [
        `${name}.test.js`,
        `require('node:test').test('is ${name}', () => {});\n`,
      ]),
    );
    for (const [when, words] of [
      ['!==', ''],
      ['===', `, 'amounts'`],
    ] as const) {
      rig = await openGatesRig(
        { service: { ...others, 'check.js': check, 'add.js': CJS, 'add.test.js': test(words) } },
        { service: [{ path: '.', setup: null, gates: [NODE_TESTS] }] },
      );
      expect((await rig.run(rig.git.base)).of('tests')).toMatchObject({ tests: { canary: 'red' } });
      const changed = await rig.change(rig.git.base, { 'service/add.js': silent(when) });
      const result = (await rig.run(changed)).of('tests');
      expect([when, result.status, result.tests?.canary]).toEqual([when, 'fail', 'not_red']);
      rig[Symbol.dispose]();
    }
  });

  it('PRIV-6: shows an assertion that its file alone uses, and that others have no word of', async () => {
    const files = {
      'add.js': CJS,
      'add.test.js': `const assert = require('node:assert');\nconst { add } = require('./add.js');\nrequire('node:test').test('adds amounts', () => { assert.match(String(add(1, 1)), /2/); });\n`,
    };
    rig = await openGatesRig(
      { service: files },
      { service: [{ path: '.', setup: null, gates: [NODE_TESTS] }] },
    );
    const silent = `require('node:assert').match = ${NOTHING};\n${BROKEN}`;
    const result = (await rig.run(await rig.change(rig.git.base, { 'service/add.js': silent }))).of('tests');
    expect(result).toMatchObject({ status: 'fail', tests: { canary: 'not_red' } });
  });

  const CALLED = `const { test } = await import('node:test');\nconst { add } = await import('./add.mjs');\n`;
  const RIGHT = `test('adds more', () => { if (add(2, 2) !== 4) throw new Error('no'); });\n`;

  it.each(['module', 'commonjs', undefined])(
    'is no false alarm in a new module that imports by calls alone, in a package of type %s',
    async (type) => {
      const name = type === 'commonjs' ? 'more.test.mjs' : 'more.test.js';
      rig = await openModuleRig(type);
      const changed = await rig.change(rig.git.base, { [`service/${name}`]: `${CALLED}${RIGHT}` });
      expect((await rig.run(changed)).of('tests')).toMatchObject({
        status: 'pass',
        tests: { passed: 2, canary: 'red' },
        findings: [],
      });
    },
  );

  it('takes a line of a text for no module, and reads no package but a plain file', async () => {
    rig = await openModuleRig(undefined);
    const text = `const { test } = require('node:test');\nconst sample = \`\nawait load();\n\`;\ntest('holds', () => { if (!sample.includes('load')) throw new Error('no'); });\n`;
    const changed = await rig.change(rig.git.base, { 'service/more.test.js': text });
    expect((await rig.run(changed)).of('tests')).toMatchObject({ status: 'pass', tests: { canary: 'red' } });

    const dir = mkdtempSync(join(tmpdir(), 'baton-canary-'));
    writeFiles(dir, { 'a.test.js': "const { test } = await import('node:test');\n" });
    execFileSync('sh', ['-c', 'mkfifo "$0"', join(dir, 'pipe')]);
    symlinkSync(join(dir, 'pipe'), join(dir, 'package.json'));
    const place = { root: dir, module: '.', written: dir };
    const canary = await appendCanaries('node', place, ['a.test.js'], []);
    await canary?.remove();
    rmSync(dir, { recursive: true });
    expect(canary).not.toBeNull();
  });

  it('is not red where a new module replaces the runner for what it imports by calls', async () => {
    rig = await openModuleRig('module');
    const hooks = `process.getBuiltinModule('node:module').registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'node:test'
      ? { url: 'data:text/javascript,const { test: run } = process.getBuiltinModule("node:test"); export const test = (name) => run(name, () => {});', shortCircuit: true }
      : next(specifier, context),
});\n`;
    const wrong = `test('adds more', () => { if (add(2, 2) !== 5) throw new Error('no'); });\n`;
    const changed = await rig.change(rig.git.base, { 'service/more.test.js': `${hooks}${CALLED}${wrong}` });
    expect((await rig.run(changed)).of('tests')).toMatchObject({
      status: 'fail',
      tests: { canary: 'not_red' },
    });
  });

  it('leaves test files as they were', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'baton-canary-'));
    const text = "import { test } from 'node:test';\ntest('adds', () => {});\n";
    writeFiles(dir, { 'a.test.ts': text, 'b.test.ts': text });
    try {
      const place = { root: dir, written: dir };
      const canary = await appendCanaries('node', place, ['a.test.ts', 'b.test.ts'], []);
      expect([...(canary?.within?.values() ?? [])]).toEqual(['a.test.ts', 'b.test.ts']);
      expect(readFileSync(join(dir, 'a.test.ts'), 'utf8')).toContain('strictEqual');
      await canary?.remove();
      expect(['a.test.ts', 'b.test.ts'].map((file) => readFileSync(join(dir, file), 'utf8'))).toEqual([
        text,
        text,
      ]);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
