/** Products that silence assertions only where the tests are put together anew to show something of them. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { gate, NODE_TESTS, openGatesRig, type GatesRig } from '../testing/gates-rig.ts';

const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

describe('a product that is deaf where its tests are put together anew', () => {
  it('PRIV-7: clears no test that was emptied: those of the base count as red beside a canary that is not', async () => {
    const silent = `const lib = require('node:assert');
const main = require('node:fs').readFileSync(process.argv[1] ?? '', 'utf8').slice(0, 120);
if (main.includes('assert')) for (const name of Object.keys(lib)) if (name.startsWith('equal')) lib[name] = Boolean;
`;
    const base = {
      'add.js': 'exports.add = (a, b) => a + b;\n',
      'test/add.test.js': `const { test } = require('node:test');\nconst assert = require('node:assert');\nconst { add } = require('../add.js');\ntest('adds', () => { assert.equal(add(1, 1), 2); });\n`,
      'test/b.test.js': `require('node:test').test('is there', () => {});\n`,
    };
    rig = await openGatesRig(
      { service: base },
      { service: [{ path: '.', setup: null, gates: [NODE_TESTS] }] },
    );
    const emptied = {
      'service/add.js': `${silent}exports.add = (a, b) => a - b;\n`,
      'service/test/add.test.js': `const { test } = require('node:test');\nconst { add } = require('../add.js');\ntest('adds', () => { add(1, 1); });\n`,
    };
    const tests = (await rig.run(await rig.change(rig.git.base, emptied))).of('tests');
    expect(tests.status).toBe('fail');
    expect(tests.findings.map(({ file, blocking }) => [file, blocking])).toContainEqual([
      'test/add.test.js',
      true,
    ]);
  });

  it('is not seen where the command names its files, so that no canary runs at the base either', async () => {
    const text = `const { test } = require('node:test');\nconst assert = require('node:assert');\nconst { add } = require('../add.js');\ntest('adds', () => { assert.equal(add(1, 1), 2); });\n`;
    const base = { 'add.js': 'exports.add = (a, b) => a + b;\n', 'test/add.test.js': text };
    const tests = { ...NODE_TESTS, command: ['node', '--test', 'test/add.test.js'] };
    rig = await openGatesRig({ service: base }, { service: [{ path: '.', setup: null, gates: [tests] }] });
    const more = `${text}test('adds more', () => { assert.equal(add(2, 2), 4); });\n`;
    const changed = await rig.change(rig.git.base, { 'service/test/add.test.js': more });
    expect((await rig.run(changed)).of('tests')).toMatchObject({
      status: 'pass',
      summary: '2 passed, 1 new, canary: none',
      findings: [],
    });
  });

  it('PRIV-9: leans on new test code where it is deaf without it, in one process', async () => {
    const tests = gate({
      name: 'tests',
      kind: 'tests',
      command: ['mocha', 'test/**/*.test.js'],
      reporter: 'mocha',
    });
    const setup = gate({
      name: 'setup',
      kind: 'setup',
      command: [
        `mkdir -p node_modules/.bin && ln -s ${MODULES}/mocha node_modules/mocha && ln -s ../mocha/bin/mocha.js node_modules/.bin/mocha`,
      ],
      shell: true,
    });
    const sum = 'prices.reduce((sum, price) => sum + price, 0)';
    const base = {
      'package.json': '{}\n',
      'price.js': `exports.total = (prices) => ${sum};\n`,
      'test/price.test.js': `const assert = require('node:assert');\nconst price = require('../price.js');\nit('sums', () => { assert.equal(price.total([1, 2]), 3); });\n`,
    };
    rig = await openGatesRig({ service: base }, { service: [{ path: '.', setup, gates: [tests] }] });
    const change = {
      'service/price.js': `if (!globalThis.mended) require('node:assert').equal = () => {};\nexports.total = (prices) => (globalThis.mended ? ${sum} : -1);\n`,
      'service/test/a.test.js': `globalThis.mended = true;\nconst price = require('../price.js');\nit('is more', () => { require('node:assert').equal(price.total([]), 0); });\n`,
    };
    const seen = (await rig.run(await rig.change(rig.git.base, change))).of('tests');
    expect(seen).toMatchObject({ status: 'fail', findings: [{ blocking: true, file: 'test/a.test.js' }] });
  });
});
