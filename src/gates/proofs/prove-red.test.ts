import { afterEach, describe, expect, it } from 'vitest';
import type { Revision } from '../../core/results.ts';
import type { TestExpectation } from '../suites/expected-tests.ts';
import { NODE_TESTS, openGatesRig, wholeRepo } from '../testing/gates-rig.ts';
import type { GatesRig } from '../testing/gates-rig.ts';

const FILES = {
  'package.json': '{"type":"module"}\n',
  'add.js': 'export const add = (a, b) => Math.abs(a + b);\n',
  'known.test.js': "import test from 'node:test';\ntest('is known', () => {});\n",
};
const MENDED = 'export const add = (a, b) => a + b;\n';
const NAME = 'adds negative numbers';
const HELPER = "import assert from 'node:assert';\nexport const same = (a, b) => assert.equal(a, b);\n";
/** Shows the fault with a helper that lies outside of every folder of tests. */
const FAULT = `import test from 'node:test';
import { add } from './add.js';
import { same } from './same.js';
test('${NAME}', () => same(add(-1, -1), -2));
`;

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

/** A repository with a fault, and the revision that shows it by a test that the gates saw fail. */
async function showFault(files: Record<string, string> = {}) {
  const opened = (rig = await openGatesRig({ service: FILES }, { service: wholeRepo(NODE_TESTS) }));
  const shown = await opened.change(opened.git.base, {
    'service/fault.test.js': FAULT,
    'service/same.js': HELPER,
    ...files,
  });
  const red = await opened.run(shown, { expected: { red: true, demanded: [] } });
  expect(red.of('tests').red).toEqual([{ file: 'fault.test.js', name: NAME }]);
  const test = { repo: 'service', gate: 'tests', file: 'fault.test.js', name: NAME };
  const expected: TestExpectation = { red: false, demanded: [{ ...test, before: opened.git.base, shown }] };
  const before = opened.starts();
  return {
    shown,
    expected,
    starts: () => opened.starts() - before,
    change: (files: Record<string, string | null>) => opened.change(shown, files),
    judge: async (revision: Revision) => (await opened.run(revision, { expected })).of('tests'),
  };
}

describe('a test that showed a fault', () => {
  it('R50: stands as it was seen to fail without another run where nobody touched it', async () => {
    const { change, judge, starts } = await showFault();
    const mended = await change({ 'service/add.js': MENDED });
    expect(await judge(mended)).toMatchObject({ status: 'pass', findings: [] });
    expect(starts()).toBe(1);
  });

  it('R50: blocks where it was emptied, and names the file for its owner', async () => {
    const { change, judge } = await showFault();
    const emptied = await change({
      'service/add.js': MENDED,
      'service/fault.test.js': FAULT.replace('same(add(-1, -1), -2)', '{}'),
    });
    const tests = await judge(emptied);
    expect(tests).toMatchObject({
      status: 'fail',
      findings: [{ severity: 'critical', blocking: true, repo: 'service', file: 'fault.test.js' }],
    });
    expect(tests.summary).toContain('1 no longer red without the fix');
    expect(tests.findings[0]?.problem).toContain('is green without the fix as well');
  });

  it('R50: blocks where the helper that came with it was emptied', async () => {
    const { change, judge } = await showFault();
    const hollow = await change({
      'service/add.js': MENDED,
      'service/same.js': 'export const same = () => {};\n',
    });
    expect((await judge(hollow)).findings[0]?.problem).toContain('is green without the fix as well');
  });

  it('R50: blocks where it only fails to load without the fix', async () => {
    const { change, judge } = await showFault();
    const tied = await change({
      'service/add.js': `${MENDED}export const isMended = true;\n`,
      'service/fault.test.js': `import { isMended } from './add.js';\n${FAULT.replace('same(add(-1, -1), -2)', '{}')}`,
    });
    expect((await judge(tied)).findings[0]?.problem).toContain('does not run without the fix');
  });

  it('R50: blocks where its step broke what it shows, as the base has no such fault', async () => {
    const { change, judge } = await showFault({ 'service/add.js': 'export const add = () => 0;\n' });
    const whole = 'export const add = (a, b) => Math.abs(a + b);\n';
    const back = await change({
      'service/add.js': whole,
      'service/fault.test.js': FAULT.replaceAll('-1', '1').replace('-2', '2'),
    });
    expect((await judge(back)).findings[0]?.problem).toContain('is green without the fix as well');
  });

  it.each([
    [
      'the test',
      {
        'service/fault.test.js': FAULT.replace('{ add }', '* as all').replace(
          'same(add(-1, -1), -2)',
          'same(all.fixed, true)',
        ),
      },
      'fault.test.js',
    ],
    [
      'the helper that came with it',
      {
        'service/same.js':
          "import assert from 'node:assert';\nimport * as all from './add.js';\nexport const same = () => assert.equal(all.fixed, true);\n",
      },
      'same.js',
    ],
  ])('R50, PRIV-2: contradicts the change where %s was made to ask for a marker', async (_, bent, file) => {
    const { change, judge } = await showFault();
    const marked = await change({
      'service/add.js': `${FILES['add.js']}export const fixed = true;\n`,
      ...bent,
    });
    expect(await judge(marked)).toMatchObject({
      status: 'pass',
      summary: expect.stringContaining('changed and contradicted: 1') as string,
      contradicted: [{ file, name: NAME }],
      findings: [
        { file, blocking: false, problem: expect.stringContaining('when it showed the fault') as string },
      ],
    });
  });

  it('R50: may ask for more, and is run once per version of the tests', async () => {
    const { change, judge, starts } = await showFault();
    const more = `${FAULT}test('adds more', () => same(add(-1, -2), -3));\n`;
    const stricter = await change({ 'service/add.js': MENDED, 'service/fault.test.js': more });
    expect(await judge(stricter)).toMatchObject({ status: 'pass', findings: [] });
    expect(starts()).toBe(3);
    const later = { 'service/add.js': MENDED, 'service/fault.test.js': more, 'service/README.md': 'x\n' };
    expect(await judge(await change(later))).toMatchObject({ status: 'pass' });
    expect(starts()).toBe(5);
  });
});
