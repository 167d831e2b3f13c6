/** What a suite can tell of which of its runs this is: nothing by its path, and what it does in any of them is seen. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../../workspace/temporary-repository.ts';
import { NODE_TESTS, openGatesRig, wholeRepo } from '../testing/gates-rig.ts';

const RIGHT = 'exports.total = (a, b) => a + b;\n';
const TOTAL_TEST = `const assert = require('node:assert');
const { total } = require('../src/total.js');
require('node:test').test('adds', () => assert.equal(total(1, 2), 3));
`;
const BASE = { 'package.json': '{}\n', 'src/total.js': RIGHT, 'test/total.test.js': TOTAL_TEST };
const IN_TURN = { ...NODE_TESTS, command: [...NODE_TESTS.command, '--test-concurrency=1'] };

it('PRIV-9: a suite that writes to the sources only when it is run again is red', async () => {
  const shared = temporaryDirectory();
  const ran = join(shared, 'ran');
  using rig = await openGatesRig({ service: BASE }, { service: wholeRepo(IN_TURN) });
  const later = await rig.change(rig.git.base, {
    'service/src/total.js': 'exports.total = (a, b) => a - b;\n',
    'service/test/a-first.test.js': `const fs = require('node:fs');
if (fs.existsSync(${JSON.stringify(ran)})) fs.writeFileSync(__dirname + '/../src/total.js', ${JSON.stringify(RIGHT)});
fs.writeFileSync(${JSON.stringify(ran)}, '');
require('node:test').test('is harmless', () => require('node:assert').equal(1, 1));
`,
  });
  const tests = (await rig.run(later)).of('tests');
  expect(existsSync(ran)).toBe(true);
  expect(tests.status).toBe('fail');
  expect(tests.findings.map(({ file, problem }) => [file, problem.includes('written to')])).toContainEqual([
    'src/total.js',
    true,
  ]);
  rmSync(shared, { recursive: true });
});

it('PRIV-7: a named test cannot tell by its path that it is run without the change', async () => {
  using rig = await openGatesRig({ service: BASE }, { service: wholeRepo(NODE_TESTS) });
  const words = ['proof', 'head', 'base', 'again'];
  const lazy = await rig.change(rig.git.base, {
    'service/src/more.js': 'exports.more = 1;\n',
    'service/test/more.test.js': `const assert = require('node:assert');
const place = __dirname.split('/').slice(-3).join('/');
require('node:test').test('is more', () => assert.ok(!${JSON.stringify(words)}.some((word) => place.includes(word)), place));
`,
  });
  const tests = (await rig.run(lazy, { named: ['is more'] })).of('tests');
  expect(tests).toMatchObject({ status: 'pass', named: [{ name: 'is more', already_there: true }] });
});
