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
const base = (canary: BaseTests['canary']): BaseTests => ({
  report: GREEN,
  canary,
  exit: 1,
  reports: 1,
});
const run = (canary: JudgedRun['canary']): JudgedRun => ({
  report: GREEN,
  problem: null,
  canary,
  reports: 1,
  end: END,
  said: '',
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

describe('a second report', () => {
  it('PRIV-6: is a finding where the base had one, and none where it had as many', () => {
    const judged = judgeTests(base('red'), { ...run('red'), reports: 2 }, ABOUT);
    expect(judged).toMatchObject({ status: 'fail', drafts: [{ identity: 'reports', blocking: true }] });
    expect(judgeTests({ ...base('red'), reports: 2 }, { ...run('red'), reports: 2 }, ABOUT).status).toBe(
      'pass',
    );
  });
});

describe('a test that has to fail', () => {
  const test = (name: string, status: 'passed' | 'failed' | 'skipped') => ({
    ...(GREEN.tests[0] ?? never()),
    name,
    status,
  });
  const with_ = (...tests: TestReport['tests']): JudgedRun => ({
    ...run('red'),
    report: { ...GREEN, tests: [...GREEN.tests, ...tests] },
  });
  const red = { red: true, demanded: [] };
  const identities = (judged: ReturnType<typeof judgeTests>): string[] =>
    judged.drafts.map((d) => d.identity);

  it('R50: passes where every new named test fails and the base’s are as before', () => {
    const judged = judgeTests(base('red'), with_(test('shows the fault', 'failed')), ABOUT, red);
    expect(judged).toMatchObject({ status: 'pass', red: [{ file: 'a.test.js', name: 'shows the fault' }] });
    expect(judgeTests(base('red'), with_(test('shows the fault', 'failed')), ABOUT).status).toBe('fail');
  });

  it('R50: fails where a new test is green or skipped, or one of the base broke', () => {
    const green = judgeTests(base('red'), with_(test('a', 'failed'), test('b', 'passed')), ABOUT, red);
    expect(identities(green)).toEqual(['not_red b']);
    expect(identities(judgeTests(base('red'), with_(test('c', 'skipped')), ABOUT, red))).toEqual([
      'not_red c',
    ]);
    const broken = {
      ...run('red'),
      report: { ...GREEN, tests: [test('adds', 'failed'), test('a', 'failed')] },
    };
    expect(identities(judgeTests(base('red'), broken, ABOUT, red))).toEqual(['failing adds']);
  });

  it('R50: is demanded green from then on, and cannot be taken out', () => {
    const nowhere = { id: 'sha256:none', repos: [] };
    const trees = { before: nowhere, shown: nowhere };
    const demanded = [
      { repo: 'service', gate: 'tests', file: 'a.test.js', name: 'shows the fault', ...trees },
    ];
    const then = (...tests: TestReport['tests']) =>
      judgeTests(base('red'), with_(...tests), ABOUT, { red: false, demanded });
    expect(then(test('shows the fault', 'passed')).status).toBe('pass');
    expect(identities(then(test('shows the fault', 'failed')))).toEqual(['failing shows the fault']);
    expect(identities(then())).toEqual(['demanded shows the fault']);
    expect(identities(then(test('shows the fault', 'skipped')))).toEqual(['demanded shows the fault']);
    const elsewhere = demanded.map((each) => ({ ...each, repo: 'client' }));
    expect(judgeTests(base('red'), with_(), ABOUT, { red: false, demanded: elsewhere }).status).toBe('pass');
  });
});

describe('what is said of a test', () => {
  const [adds] = GREEN.tests;
  const report = (tests: TestReport['tests']): TestReport => ({ ...GREEN, tests });

  it('that is missing carries the place that it has at the base', () => {
    const known = { ...base('red'), report: report([{ ...(adds ?? never()), line: 7 }]) };
    const judged = judgeTests(known, { ...run('red'), report: report([]) }, ABOUT);
    expect(judged.drafts).toMatchObject([{ file: 'a.test.js', line: 7 }]);
    expect(judged.drafts[0]?.problem).toContain('At the base it is in a.test.js:7.');
  });

  it('PRIV-7: that is new and does not run stops the change', () => {
    const fresh = { ...(adds ?? never()), name: 'subtracts', status: 'skipped' as const, line: 3 };
    const judged = judgeTests(base('red'), { ...run('red'), report: report([...GREEN.tests, fresh]) }, ABOUT);
    expect(judged).toMatchObject({ status: 'fail', drafts: [{ blocking: true, line: 3 }] });
    expect(judged.drafts[0]?.problem).toContain('The new test `subtracts` does not run');
  });
});

function never(): never {
  throw new Error('the base has a test');
}
