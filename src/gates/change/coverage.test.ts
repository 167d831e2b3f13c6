/** Coverage of changed lines: what is read, what counts, and the gate on a real suite. */
import { afterEach, describe, expect, it } from 'vitest';
import { gate, openGatesRig } from '../testing/gates-rig.ts';
import type { GatesRig } from '../testing/gates-rig.ts';
import { coverageOf, percentOf, showPercent, showUncovered } from './judge-coverage.ts';
import { parseLcov } from './parse-lcov.ts';

const PLACE = { root: '/checkout/api', module: 'packages/a' };
const line = (path: string, at: number, text = 'run();') => ({ repo: 'api', path, line: at, text });

describe('lcov', () => {
  it('R16: reads lines by path, adds up processes, and leaves out what lies outside of the checkout', () => {
    const text = [
      'TN:',
      'SF:src/a.js',
      'FN:1,run',
      'DA:1,2',
      'DA:2,0',
      'DA:x,1',
      'end_of_record',
      'SF:/checkout/api/packages/a/src/a.js',
      'DA:2,1',
      'DA:3,0,hash',
      'end_of_record',
      'DA:9,9',
      'SF:../../../other.js',
      'DA:1,1',
      'end_of_record',
      'SF:/etc/passwd',
      'DA:1,1',
    ].join('\r\n');
    const hits = parseLcov(text, PLACE);
    expect([...hits.keys()]).toEqual(['packages/a/src/a.js']);
    expect([...(hits.get('packages/a/src/a.js') ?? [])]).toEqual([
      [1, 2],
      [2, 1],
      [3, 0],
    ]);
  });
});

describe('coverage of changed lines', () => {
  const hits = parseLcov('SF:a.js\nDA:1,1\nDA:2,0\nDA:3,0\nDA:4,1\nend_of_record\n', {
    root: '/c',
    module: '.',
  });

  it('R16: counts changed lines of code only, and says which no test ran', () => {
    const added = [1, 2, 3].map((at) => line('a.js', at));
    const found = coverageOf([...added, line('a.test.js', 1), line('README.md', 1), line('a.js', 9)], hits);
    expect(found).toEqual({ lines: 3, covered: 1, uncovered: [{ path: 'a.js', lines: [2, 3] }] });
    expect(showUncovered(found.uncovered)).toBe('a.js:2-3');
    expect(showPercent(percentOf([found]) ?? 0)).toBe('33.3 %');
  });

  it('R16: a file that no test loads is not covered, however quiet the report is about it', () => {
    const found = coverageOf(
      [line('new.js', 1), line('new.js', 2, '  // said'), line('new.js', 3, '}')],
      hits,
    );
    expect(found).toEqual({ lines: 1, covered: 0, uncovered: [{ path: 'new.js', lines: [1] }] });
  });

  it('R16: a language that the report knows nothing of is not counted, nor are settings of tools', () => {
    expect(percentOf([coverageOf([line('a.py', 1), line('x.config.js', 1)], hits)])).toBeNull();
  });

  it('never rounds up to a bar', () => {
    expect(showPercent(79.99)).toBe('79.9 %');
  });
});

const COVERAGE = gate({
  name: 'coverage',
  kind: 'coverage',
  command: [
    'node',
    '--test',
    '--experimental-test-coverage',
    '--test-reporter=lcov',
    '--test-reporter-destination=lcov.info',
  ],
  report: 'lcov.info',
  set: 'full',
});
const ADD = `exports.add = (a, b) => a + b;\n`;
const MORE = `exports.sign = (n) => {\n  if (n < 0) {\n    return -1;\n  }\n  return 1;\n};\n`;
const TESTS = `const { test } = require('node:test');\nconst { add } = require('./add.js');\ntest('adds', () => add(1, 2));\n`;

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

async function openService(command = COVERAGE.command): Promise<GatesRig> {
  rig = await openGatesRig(
    { service: { 'add.js': ADD, 'add.test.js': TESTS } },
    { service: [{ path: '.', setup: null, gates: [{ ...COVERAGE, command }] }] },
  );
  return rig;
}

describe('the coverage gate', () => {
  it('R16: measures a real suite on the lines that differ from the base, only where it is asked for', async () => {
    const service = await openService();
    const revision = await service.change(service.git.base, {
      'service/add.js': `${ADD}${MORE}`,
      'service/add.test.js': `${TESTS}const { sign } = require('./add.js');\ntest('signs', () => sign(1));\n`,
    });
    const asked = await service.run(revision, { coverage: true });
    expect(asked.of('coverage').coverage?.uncovered).toEqual([{ path: 'add.js', lines: [4] }]);
    expect(asked.of('coverage')).toMatchObject({ status: 'pass', findings: [] });
    expect(asked.of('coverage').summary).toMatch(/^\d+(?:\.\d)? % of \d+ changed lines are covered$/);
    const cached = await service.run(revision, { coverage: true });
    expect(cached.of('coverage')).toMatchObject({ cached: true, coverage: asked.of('coverage').coverage });
    const notAsked = await service.run(revision);
    expect(notAsked.results.map((result) => result.gate)).not.toContain('coverage');
  });

  it('R16: an lcov file that lies in the revision itself proves nothing', async () => {
    const service = await openService(['node', '--version']);
    const revision = await service.change(service.git.base, {
      'service/add.js': `${ADD}${MORE}`,
      'service/lcov.info': 'SF:add.js\nDA:2,1\nDA:3,1\nDA:4,1\nend_of_record\n',
    });
    const pass = await service.run(revision, { coverage: true });
    expect(pass.of('coverage')).toMatchObject({ status: 'unverified' });
    expect(pass.of('coverage').coverage).toBeUndefined();
  });
});
