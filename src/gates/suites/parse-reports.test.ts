import { describe, expect, it } from 'vitest';
import { parseJunitReport } from './parse-junit-report.ts';
import { parseLinesReport } from './parse-lines-report.ts';

const ROOT = '/work/repo';

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
