/** Tests that are marked as expected to fail: their runner counts them as passed, and a gate as tests that do not run. */
import { afterEach, describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import type { GateCommand } from '../../definitions/config.ts';
import { gate, NODE_TESTS, openGatesRig, type GatesRig } from '../testing/gates-rig.ts';

const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

const BAD = `() => { throw new Error('wrong'); }`;

interface Marks {
  name: string;
  tests: GateCommand;
  setup: string | null;
  head: string;
  /** Tests that fail and are expected to, each in a spelling of its own, by their names in a report. */
  spellings: Record<string, string>;
}

const linked = (name: string, file: string): string =>
  `mkdir -p node_modules/.bin && ln -s ${MODULES}/${name} node_modules/${name} && ln -s ../${name}/${file} node_modules/.bin/${name}`;
const runner = (name: 'vitest' | 'jest', ...words: string[]): GateCommand =>
  gate({ name: 'tests', kind: 'tests', command: [name, ...words], reporter: name });

const RUNNERS: Marks[] = [
  {
    name: 'node:test',
    tests: NODE_TESTS,
    setup: null,
    head: `import { test } from 'node:test';\n`,
    spellings: {
      method: `test.expectFailure('method', ${BAD});`,
      option: `test('option', { expectFailure: true }, ${BAD});`,
      reason: `test('reason', { expectFailure: 'later' }, ${BAD});`,
      message: `test('message', { expectFailure: /wrong/ }, ${BAD});`,
      // On a suite Node itself reports the suite as failed.
      'around > inner': `test('around', async (t) => { await t.test('inner', { expectFailure: true }, ${BAD}); });`,
    },
  },
  {
    name: 'vitest',
    tests: runner('vitest', 'run'),
    setup: linked('vitest', 'vitest.mjs'),
    head: `import { describe, test } from 'vitest';\n`,
    spellings: {
      method: `test.fails('method', ${BAD});`,
      option: `test('option', { fails: true }, ${BAD});`,
      chained: `test.concurrent.fails('chained', ${BAD});`,
      'row 1': `test.fails.each([1])('row %i', ${BAD});`,
      'suite > within': `describe('suite', { fails: true }, () => { test('within', ${BAD}); });`,
    },
  },
  {
    name: 'jest',
    tests: runner('jest'),
    setup: linked('jest', 'bin/jest.js'),
    head: '',
    spellings: {
      method: `test.failing('method', ${BAD});`,
      chained: `test.concurrent.failing('chained', async ${BAD});`,
      'row 1': `test.failing.each([1])('row %i', ${BAD});`,
    },
  },
];

describe.each(RUNNERS)('$name', ({ name, tests, setup, head, spellings }) => {
  const mark = Object.values(spellings)[0] ?? '';
  const open = async (text: string): Promise<GatesRig> => {
    const type = name === 'jest' ? 'commonjs' : 'module';
    rig = await openGatesRig(
      { service: { 'package.json': `{"type":"${type}"}\n`, 'a.test.js': head + text } },
      {
        service: [
          {
            path: '.',
            setup:
              setup === null ? null : gate({ name: 'setup', kind: 'setup', command: [setup], shell: true }),
            gates: [tests],
          },
        ],
      },
    );
    return rig;
  };

  it('PRIV-7: is red for each new test that is expected to fail, however that is written', async () => {
    const { git, change, run } = await open(`test('adds', () => {});\n`);
    const text = `${head}${Object.values(spellings).join('\n')}\n`;
    const result = (await run(await change(git.base, { 'service/b.test.js': text }))).of('tests');
    expect(result.status).toBe('fail');
    expect(result.findings.map(({ problem }) => problem).toSorted()).toEqual(
      Object.keys(spellings)
        .map((each) => `The new test \`${each}\` does not run: its runner reports it as todo.`)
        .toSorted(),
    );
  });

  it('PRIV-7: is red where a test of the base is turned so, and the code that it asks for is gone', async () => {
    const { git, change, run } = await open(`test('method', () => {});\n`);
    const result = (await run(await change(git.base, { 'service/a.test.js': head + mark }))).of('tests');
    expect(result).toMatchObject({ status: 'fail', tests: { total: 1, passed: 0, skipped: 1 } });
    expect(result.findings[0]?.problem).toContain('`method` ran at the base and is skipped now');
  });

  it('lets one be that the base has, and is red where it is no longer true', async () => {
    const { git, change, run } = await open(`test('adds', () => {});\n${mark}\n`);
    expect((await run(git.base)).of('tests')).toMatchObject({ status: 'pass', tests: { skipped: 1 } });
    const passes = `${head}test('adds', () => {});\n${mark.replace(BAD, '() => {}')}\n`;
    const untrue = (await run(await change(git.base, { 'service/a.test.js': passes }))).of('tests');
    expect(untrue.findings[0]?.problem).toContain('The test `method` fails');
  });
});
