import { describe, expect, it } from 'vitest';
import { compareTests } from './compare-tests.ts';
import { nameUniquely } from './test-report.ts';
import type { NamedTest, TestReport, TestStatus } from './test-report.ts';

function test(name: string, status: TestStatus = 'passed', file = 'a.test.js'): NamedTest {
  return { name, file, status, line: null, message: '' };
}

function report(tests: NamedTest[], more: Partial<TestReport> = {}): TestReport {
  return { tests, errors: [], emptyFiles: [], ...more };
}

const kinds = (base: TestReport | null, head: TestReport): string[] =>
  compareTests(base, head).problems.map((problem) => problem.kind);

describe('compareTests', () => {
  it('finds nothing wrong where every test of the base is green', () => {
    expect(kinds(report([test('a'), test('b')]), report([test('a'), test('b'), test('c')]))).toEqual([]);
  });

  it('names every test of the base that is gone, also one that was red', () => {
    const base = report([test('a'), test('b', 'failed'), test('c', 'skipped')]);
    const { problems, counts } = compareTests(base, report([]));
    expect(problems).toEqual([
      { kind: 'missing', test: test('a') },
      { kind: 'missing', test: test('b', 'failed') },
    ]);
    expect(counts).toMatchObject({ total: 0, missing: 2, added: 0 });
  });

  it('takes no namesake in another file for a removed test', () => {
    const base = report([test('works', 'passed', 'a.test.js'), test('works', 'passed', 'b.test.js')]);
    expect(kinds(base, report([test('works', 'passed', 'b.test.js')]))).toEqual(['missing']);
    const padded = report([test('works', 'passed', 'b.test.js'), test('works (2)', 'passed', 'b.test.js')]);
    expect(kinds(base, padded)).toEqual(['missing']);
  });

  it('follows tests whose file was moved', () => {
    const base = report([test('works', 'passed', 'old.test.js')]);
    const moved = compareTests(base, report([test('works', 'passed', 'new.test.js')]));
    expect(moved.problems).toEqual([]);
    expect(moved.counts.added).toBe(0);
    expect(kinds(base, report([test('works', 'skipped', 'new.test.js')]))).toEqual(['skipped']);
  });

  it('holds a red test against the revision unless it was red before', () => {
    const base = report([test('green'), test('red', 'failed'), test('skipped', 'skipped')]);
    const head = report([
      test('green', 'failed'),
      test('red', 'failed'),
      test('skipped', 'failed'),
      test('new', 'failed'),
    ]);
    const { problems, redAtBase } = compareTests(base, head);
    expect(problems.map((problem) => problem.kind === 'failing' && problem.test.name)).toEqual([
      'green',
      'skipped',
      'new',
    ]);
    expect(redAtBase.map((found) => found.name)).toEqual(['red']);
  });

  it('PRIV-7: counts a todo as a test that does not run', () => {
    expect(kinds(report([test('a')]), report([test('a', 'todo')]))).toEqual(['skipped']);
    expect(kinds(report([test('a', 'failed')]), report([test('a', 'skipped')]))).toEqual(['skipped']);
  });

  it('PRIV-7: holds a new test that does not run against the revision, however it says so', () => {
    const base = report([test('a'), test('rare > b'), test('rare > c', 'skipped')]);
    const off = [test('new', 'skipped'), test('rare > d', 'skipped'), test('later', 'todo')];
    const { problems } = compareTests(base, report([...base.tests, ...off]));
    expect(problems).toEqual(off.map((each) => ({ kind: 'skipped', test: each, added: true })));
  });

  it('lets new tests be skipped where the base skips all around them, or the same under another number', () => {
    const base = report([
      test('a'),
      test('windows > b', 'skipped'),
      test('takes 12 ms', 'skipped'),
      test('c', 'skipped', 'docker.test.js'),
    ]);
    const fine = [
      test('windows > new', 'skipped'),
      test('windows > deeper > new', 'skipped'),
      test('takes 14 ms', 'skipped'),
      test('d', 'skipped', 'docker.test.js'),
    ];
    expect(kinds(base, report([...base.tests, ...fine]))).toEqual([]);
    // Nobody measured what a base that cannot be run skips.
    expect(kinds(null, report([test('a', 'skipped')]))).toEqual([]);
    const todo = report([...base.tests, test('windows > later', 'todo')]);
    expect(kinds(base, todo)).toEqual(['skipped']);
  });

  it('reports errors outside of tests and files without any, but not those that the base has', () => {
    const base = report([test('a')], {
      errors: [{ file: 'old.js', message: 'x' }],
      emptyFiles: ['test/old.test.js'],
    });
    const head = report([test('a')], {
      errors: [
        { file: 'old.js', message: 'y' },
        { file: 'new.js', message: 'x' },
      ],
      emptyFiles: ['test/old.test.js', 'test/new.test.js', 'test/helper.js'],
    });
    expect(compareTests(base, head).problems).toEqual([
      { kind: 'runner', error: { file: 'new.js', message: 'x' } },
      { kind: 'empty', file: 'test/new.test.js' },
    ]);
  });

  it('tells tests of one name in one file apart', () => {
    const twice = nameUniquely([test('same'), test('same', 'failed'), test('same', 'passed', 'b.test.js')]);
    expect(twice.map((found) => found.name)).toEqual(['same', 'same (2)', 'same']);
    expect(kinds(report(nameUniquely([test('same'), test('same')])), report([test('same')]))).toEqual([
      'missing',
    ]);
  });
});
