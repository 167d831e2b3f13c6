import { describe, expect, it } from 'vitest';
import { parseJestReport } from './parse-jest-report.ts';
import { parseJunitReport } from './parse-junit-report.ts';
import { parseLinesReport } from './parse-lines-report.ts';

const ROOT = '/work/repo';

/** Written by hand after the form that jest documents: the package itself is not part of these tests. */
const JEST = {
  numTotalTests: 4,
  success: false,
  testResults: [
    {
      name: `${ROOT}/src/a.test.js`,
      status: 'failed',
      message: 'FAIL',
      assertionResults: [
        {
          ancestorTitles: ['adding'],
          title: 'works',
          fullName: 'adding works',
          status: 'passed',
          failureMessages: [],
        },
        {
          ancestorTitles: ['adding'],
          title: 'fails',
          status: 'failed',
          location: { line: 7, column: 3 },
          failureMessages: ['Expected: 3'],
        },
        { ancestorTitles: [], title: 'later', status: 'todo', failureMessages: [] },
        { ancestorTitles: [], title: 'not now', status: 'pending', failureMessages: [] },
      ],
    },
    { name: `${ROOT}/src/b.test.js`, status: 'failed', message: 'Cannot find module', assertionResults: [] },
  ],
};

describe('the report of jest', () => {
  it('gives names, files, lines, and files that do not load', () => {
    const parsed = parseJestReport(JSON.stringify(JEST), ROOT);
    expect(parsed.ok && parsed.report).toEqual({
      tests: [
        { name: 'adding > works', file: 'src/a.test.js', status: 'passed', line: null, message: '' },
        { name: 'adding > fails', file: 'src/a.test.js', status: 'failed', line: 7, message: 'Expected: 3' },
        { name: 'later', file: 'src/a.test.js', status: 'todo', line: null, message: '' },
        { name: 'not now', file: 'src/a.test.js', status: 'skipped', line: null, message: '' },
      ],
      errors: [{ file: 'src/b.test.js', message: 'Cannot find module' }],
      emptyFiles: [],
    });
  });

  it('KILL-4: counts for nothing when it is cut or lacks tests', () => {
    expect(parseJestReport(JSON.stringify(JEST).slice(0, -20), ROOT)).toMatchObject({ ok: false });
    const short = parseJestReport(JSON.stringify({ ...JEST, numTotalTests: 5 }), ROOT);
    expect(short).toEqual({ ok: false, problem: 'the report is short: it names 4 of 5 tests' });
    expect(parseJestReport('{"tests": "green"}', ROOT).ok).toBe(false);
  });
});

const JUNIT = `<?xml version="1.0"?>
<testsuites>
  <testsuite name="pytest" tests="4" failures="1" errors="1" skipped="1">
    <testcase classname="tests.test_a" name="test_ok" time="0.1"/>
    <testcase classname="tests.test_a" name="test_bad" file="tests/test_a.py" line="12">
      <failure message="assert 1 == 2">E  assert 1 &lt; 2</failure>
    </testcase>
    <testcase classname="tests.test_b" name="test_error"><error message="boom"/></testcase>
    <testcase classname="tests.test_b" name="test_skipped"><skipped/></testcase>
  </testsuite>
</testsuites>`;

describe('JUnit XML', () => {
  it('gives names, files and messages', () => {
    const parsed = parseJunitReport(JUNIT, ROOT);
    expect(parsed.ok && parsed.report.tests).toEqual([
      { name: 'test_ok', file: 'tests.test_a', status: 'passed', line: null, message: '' },
      {
        name: 'tests.test_a > test_bad',
        file: 'tests/test_a.py',
        status: 'failed',
        line: 12,
        message: 'assert 1 == 2\nE  assert 1 < 2',
      },
      { name: 'test_error', file: 'tests.test_b', status: 'failed', line: null, message: 'boom' },
      { name: 'test_skipped', file: 'tests.test_b', status: 'skipped', line: null, message: '' },
    ]);
  });

  it('KILL-4: counts for nothing when it is cut, short, or no JUnit XML', () => {
    expect(parseJunitReport(JUNIT.slice(0, 300), ROOT).ok).toBe(false);
    expect(parseJunitReport(JUNIT.replace('tests="4"', 'tests="9"'), ROOT)).toEqual({
      ok: false,
      problem: 'the report is short: it names 4 of 9 tests',
    });
    expect(parseJunitReport('<html></html>', ROOT).ok).toBe(false);
    expect(parseJunitReport(`<!DOCTYPE x [<!ENTITY a "aaaa">]>${JUNIT}`, ROOT).ok).toBe(false);
  });
});

describe('report lines', () => {
  const line = { kind: 'test', name: 'a', file: `${ROOT}/a.test.js`, status: 'passed', line: 1, message: '' };
  const whole = `${JSON.stringify(line)}\n${JSON.stringify({ kind: 'end', count: 1 })}\n`;

  it('are whole with their last line only', () => {
    expect(parseLinesReport(whole, ROOT)).toMatchObject({
      ok: true,
      report: { tests: [{ file: 'a.test.js' }] },
    });
    expect(parseLinesReport(`${JSON.stringify(line)}\n`, ROOT)).toMatchObject({ ok: false });
    expect(parseLinesReport(`${whole}${whole}`, ROOT)).toMatchObject({ ok: false });
    expect(parseLinesReport(whole.replace('"passed"', '"splendid"'), ROOT)).toMatchObject({ ok: false });
  });
});
