import { describe, expect, it } from 'vitest';
import { judgeTests, type BaseTests, type JudgedRun } from './judge-tests.ts';
import type { TestReport } from './test-report.ts';

const GREEN: TestReport = {
  tests: [{ name: 'adds', file: 'a.test.js', status: 'passed', line: null, message: '' }],
  errors: [],
  emptyFiles: [],
};
const END: JudgedRun['end'] = {
  exit: 1,
  signal: null,
  timedOut: false,
  tooMuchOutput: false,
  notStarted: null,
};
const ABOUT = { repo: 'service', root: '/checkout', gate: 'tests' };
const base = (canary: BaseTests['canary']): BaseTests => ({ report: GREEN, canary, exit: 1 });
const run = (canary: JudgedRun['canary']): JudgedRun => ({
  report: GREEN,
  problem: null,
  canary,
  end: END,
  log: '',
});

describe('a test run beside that of the base', () => {
  it('is green when the canary was red in both', () => {
    expect(judgeTests(base('red'), run('red'), ABOUT).status).toBe('pass');
  });

  it('PRIV-6: is red when the base had a canary and this run has no place for one', () => {
    const judged = judgeTests(base('red'), run('none'), ABOUT);
    expect(judged.status).toBe('fail');
    expect(judged.drafts[0]).toMatchObject({ blocking: true, identity: 'canary_lost' });
  });
});
