/** Decides what a test run is worth, from its report and that of the base. Pure. */
import type { TestCounts } from '../../core/records.ts';
import type { GateStatus } from '../../core/words.ts';
import { compareTests } from './compare-tests.ts';
import type { TestComparison, TestProblem } from './compare-tests.ts';
import { describeBrokenEnd, hasBrokenEnd } from '../describe-end.ts';
import type { EndFacts } from '../describe-end.ts';
import { describeTestProblems, MAX_FINDINGS } from './describe-test-problems.ts';
import { GREEN, type TestExpectation } from './expected-tests.ts';
import { excerptErrors } from '../excerpts.ts';
import type { FindingDraft } from '../findings.ts';
import type { TestReport } from './test-report.ts';

/** What is kept of a run of the base. */
export interface BaseTests {
  report: TestReport | null;
  canary: TestCounts['canary'];
  exit: number | null;
  /** How many programs reported; 0 where nothing ran. */
  reports: number;
  /** Test files within which a canary was red. */
  watched?: string[] | undefined;
  /** Sources that the suite of the base writes to. */
  written?: string[] | undefined;
}

export interface JudgedRun {
  report: TestReport | null;
  problem: string | null;
  canary: TestCounts['canary'];
  reports: number;
  end: EndFacts;
  /** Its output without what it says of the canary. */
  said: string;
}

export interface Judgement {
  status: GateStatus;
  summary: string;
  tests: TestCounts | null;
  drafts: FindingDraft[];
  /** The new tests that fail, where they have to. */
  red?: { file: string; name: string }[];
  /** What each named test came to; absent where there are no names. */
  names?: TestName[];
}

/** One test of a suite: whether it ran and passed. */
export interface TestName {
  file: string;
  name: string;
  /** Where it begins; null: the runner does not say. */
  line: number | null;
  green: boolean;
  /** Green at the base too. */
  wasGreen: boolean;
  /** The file in which the base has it, where that is another one. */
  movedFrom?: string;
}

/** Green needs names, all names of the base, a canary that was seen to fail, and an end without trouble. */
export function judgeTests(
  base: BaseTests,
  run: JudgedRun,
  about: { repo: string; root: string; gate: string },
  expected: TestExpectation = GREEN,
): Judgement {
  if (hasBrokenEnd(run.end)) return describeBrokenEnd(run.end, run.said, about);
  const blocker = (identity: string, problem: string, fix: string): FindingDraft => ({
    severity: 'critical',
    blocking: true,
    repo: about.repo,
    file: null,
    line: null,
    identity,
    problem,
    fix,
  });
  if (run.report === null) {
    const problem = `${about.gate}: ${run.problem}, so that nothing is proven. Of its output:\n${excerptErrors(run.said, about.root)}`;
    const fix =
      'Something ended the runner before it was done, or kept it from starting: look for calls that exit the process.';
    return {
      status: 'fail',
      summary: run.problem ?? 'no report',
      tests: null,
      drafts: [blocker('no_report', problem, fix)],
    };
  }
  const comparison = expect(compareTests(base.report, run.report), run.report, { ...expected, about });
  const canary = weighCanary(base, run);
  const drafts = [
    ...describeTestProblems(comparison.problems, about),
    ...contradictions(base, run, comparison, canary).map((found) =>
      blocker(found.identity, found.problem, found.fix),
    ),
  ];
  const tests = { ...comparison.counts, canary };
  const isRed = drafts.some((draft) => draft.blocking);
  const status = isRed ? 'fail' : tests.total === 0 ? 'unverified' : 'pass';
  const names = namesOf(run.report, comparison, base.report);
  const judgement = {
    status,
    summary: summarise(tests, comparison, run.report),
    tests,
    drafts,
    names,
  } as const;
  return expected.red ? { ...judgement, red: redOf(comparison) } : judgement;
}

function namesOf(
  report: TestReport,
  { added, movedFrom }: TestComparison,
  base: TestReport | null,
): TestName[] {
  const fresh = new Set(added);
  const before = new Set(base?.tests.flatMap(({ name, status }) => (status === 'passed' ? [name] : [])));
  return report.tests.map((test) => ({
    file: test.file,
    name: test.name,
    line: test.line,
    green: test.status === 'passed',
    // By name alone: a test whose file was moved is the same test.
    wasGreen: !fresh.has(test) && before.has(test.name),
    ...(movedFrom.has(test) ? { movedFrom: movedFrom.get(test) } : {}),
  }));
}

/** Holds the comparison against what is expected beside the base's tests. */
function expect(
  comparison: TestComparison,
  report: TestReport,
  { red, demanded, about }: TestExpectation & { about: { repo: string; gate: string } },
): TestComparison {
  const notRed = red ? comparison.added.filter((test) => test.status !== 'failed') : [];
  const ran = new Set(
    report.tests
      .filter((t) => t.status === 'passed' || t.status === 'failed')
      .map((t) => `${t.file}\0${t.name}`),
  );
  const gone = demanded.filter(
    ({ repo, gate, file, name }) =>
      repo === about.repo && gate === about.gate && !ran.has(`${file}\0${name}`),
  );
  // New tests that have to fail here, and demanded ones, are named once, below.
  const isNamedBelow = (problem: TestProblem): boolean =>
    (problem.kind === 'failing' || problem.kind === 'skipped') &&
    problem.added &&
    (red || gone.some(({ file, name }) => file === problem.test.file && name === problem.test.name));
  const problems: TestProblem[] = [
    ...comparison.problems.filter((problem) => !isNamedBelow(problem)),
    ...notRed.map((test) => ({ kind: 'not_red', test }) as const),
    ...gone.map(({ file, name }) => ({ kind: 'demanded', file, name }) as const),
  ];
  return { ...comparison, problems };
}

function redOf({ added }: TestComparison): { file: string; name: string }[] {
  return added
    .filter((test) => test.status === 'failed')
    .slice(0, MAX_FINDINGS)
    .map(({ file, name }) => ({ file, name }));
}

/** Where even the base does not run a file put beside its tests, the command names its files: nothing can be asked of it. */
export function weighCanary(base: BaseTests, run: Pick<JudgedRun, 'canary'>): TestCounts['canary'] {
  const baseHasTests = (base.report?.tests.length ?? 0) > 0;
  return run.canary === 'not_red' && baseHasTests && base.canary !== 'red' ? 'none' : run.canary;
}

interface Contradiction {
  identity: string;
  problem: string;
  fix: string;
}

/** Where names, canary and exit code do not fit together, the run proves nothing. */
function contradictions(
  base: BaseTests,
  run: JudgedRun,
  comparison: TestComparison,
  canary: TestCounts['canary'],
): Contradiction[] {
  const fix = 'Whatever replaces, silences or ends the test runner has to go.';
  if (run.reports > Math.max(1, base.reports)) {
    return [
      {
        identity: 'reports',
        fix: 'Let the runner alone report. Where the command starts it more often than it did, make a gate of each.',
        problem: `${run.reports} programs reported on these tests, and on the base ${base.reports}: what one says may stand for what another ran.`,
      },
    ];
  }
  if (canary === 'none' && base.canary === 'red') {
    return [
      {
        identity: 'canary_lost',
        fix: 'Put the test files back where they were, as plain files: beside them the base’s run could be checked.',
        problem:
          'On the base a test that must fail could be put beside the others; here no place was found for it: this run would not notice a red test.',
      },
    ];
  }
  if (canary === 'not_red') {
    return [
      {
        identity: 'canary',
        fix,
        problem:
          'A test that must fail was put beside the others and was not reported as failed: this run would not notice a red test.',
      },
    ];
  }
  if (canary === 'red') {
    // Only where the base's command is known to hand on the runner's exit code.
    const lied = run.end.exit === 0 && base.canary === 'red' && base.exit !== 0;
    return lied
      ? [
          {
            identity: 'exit_zero',
            fix,
            problem: 'The runner ended with exit code 0 although a test had failed: something ended it.',
          },
        ]
      : [];
  }
  const explained = comparison.counts.failed > 0 || comparison.problems.length > 0 || run.end.exit === 0;
  if (
    explained ||
    (base.exit !== 0 && base.report !== null && base.report.tests.every((test) => test.status !== 'failed'))
  )
    return [];
  const problem = `All named tests are green and the exit code is ${run.end.exit}: the runner failed outside of tests. Of its output:\n${excerptErrors(run.said, '')}`;
  return [
    {
      identity: 'outside_of_tests',
      problem,
      fix: 'Mend what the output names; often a handle left open, a coverage limit or a stray exception.',
    },
  ];
}

function summarise(tests: TestCounts, comparison: TestComparison, report: TestReport): string {
  const stillRed = comparison.redAtBase.length;
  const newlyRed = tests.failed - stillRed;
  const parts = [
    tests.total === 0 && report.errors.length === 0 ? 'there are no tests' : `${tests.passed} passed`,
    newlyRed > 0 ? `${newlyRed} failed` : '',
    tests.missing > 0 ? `${tests.missing} missing` : '',
    tests.skipped > 0 ? `${tests.skipped} skipped` : '',
    report.errors.length > 0 ? `${report.errors.length} errors outside of tests` : '',
    tests.added > 0 ? `${tests.added} new` : '',
    stillRed > 0 ? `${stillRed} red at the base too` : '',
    tests.canary === 'red' ? '' : tests.canary === 'not_red' ? 'canary: not red' : 'canary: none',
  ];
  return parts.filter((part) => part !== '').join(', ');
}
