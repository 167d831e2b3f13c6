/**
 * Whether tests fail by chance: a suite in which a few are red runs again on the same tree, in another checkout. A test of the base that passes
 * each time counts as green and is named. One that the change brings has to pass at once: it stays red, and is named as flaky where it passes then.
 */
import type { FindingDraft } from '../findings.ts';
import { excerptHead } from '../findings.ts';
import { hasBrokenEnd } from '../describe-end.ts';
import { compareTests } from './compare-tests.ts';
import type { BaseTests, JudgedRun } from './judge-tests.ts';
import type { NamedTest, TestReport, TestStatus } from './test-report.ts';

/** More than these do not fail by chance. */
const MOST_RED = 5;
/** How often a red test has to pass behind its failure. */
const RERUNS = 2;

export interface Settled<Run> {
  /** The run that counts: tests that failed by chance are green in it. */
  run: Run;
  /** What is said of them; it stops nothing. */
  drafts: FindingDraft[];
}

/** `again` runs the same suite on the same tree, where the first run left nothing; null: it cannot run there. */
export async function rerunRed<Run extends JudgedRun>(
  { base, run, about }: { base: BaseTests; run: Run; about: { repo: string; root: string } },
  again: () => Promise<JudgedRun | null>,
): Promise<Settled<Run>> {
  const suspects = findSuspects(base, run);
  if (suspects.length === 0 || run.report === null) return { run, drafts: [] };
  const second = statusesIn(await again());
  const isGreen = ({ test }: Suspect): boolean => second.get(keyOf(test)) === 'passed';
  const late = suspects.filter((suspect) => suspect.added && isGreen(suspect)).map(({ test }) => test);
  const early = newIn(base, run.report).filter(
    (test) => test.status === 'passed' && second.get(keyOf(test)) === 'failed',
  );
  let flaky = suspects.filter((suspect) => !suspect.added && isGreen(suspect)).map(({ test }) => test);
  for (let count = 1; count < RERUNS && flaky.length > 0; count++) {
    const statuses = statusesIn(await again());
    flaky = flaky.filter((test) => statuses.get(keyOf(test)) === 'passed');
  }
  const keys = new Set(flaky.map(keyOf));
  const tests = run.report.tests.map((test) =>
    keys.has(keyOf(test)) ? { ...test, status: 'passed' as const, message: '' } : test,
  );
  // Without a canary the exit code spoke of these tests alone.
  const isExplained = flaky.length === suspects.length && run.canary === 'none';
  const end = isExplained ? { ...run.end, exit: 0 } : run.end;
  return {
    run: { ...run, end, report: { ...run.report, tests } },
    drafts: [
      ...flaky.map((test) => draftOf(test, `it failed and then passed ${RERUNS} times`, about)),
      ...late.map((test) => draftOf(test, 'it is new, failed, and then passed', about)),
      ...early.map((test) => draftOf(test, 'it is new, passed, and then failed', about)),
    ],
  };
}

interface Suspect {
  test: NamedTest;
  added: boolean;
}

/** Tests that were green at the base, or are new, and are red now, where they are few and nothing else is wrong. */
function findSuspects(base: BaseTests, run: JudgedRun): Suspect[] {
  if (run.report === null || hasBrokenEnd(run.end)) return [];
  const { problems } = compareTests(base.report, run.report);
  const failing = problems.flatMap((problem) =>
    problem.kind === 'failing' ? [{ test: problem.test, added: problem.added }] : [],
  );
  return failing.length === problems.length && failing.length <= MOST_RED ? failing : [];
}

const newIn = (base: BaseTests, report: TestReport): NamedTest[] =>
  base.report === null ? [] : compareTests(base.report, report).added;

function statusesIn(run: JudgedRun | null): Map<string, TestStatus> {
  if (run === null || run.report === null || hasBrokenEnd(run.end) || run.canary === 'not_red')
    return new Map();
  return new Map(run.report.tests.map((test) => [keyOf(test), test.status]));
}

function draftOf(
  test: NamedTest,
  what: string,
  { repo, root }: { repo: string; root: string },
): FindingDraft {
  const failure = test.message === '' ? '' : ` It failed with: ${excerptHead(test.message, root)}`;
  return {
    severity: 'minor',
    blocking: false,
    repo,
    file: test.file,
    line: test.line,
    identity: `flaky ${test.name}`,
    problem: `The test \`${test.name}\` is flaky: ${what} on the same tree.${failure}`,
    fix: 'Find what it depends on besides the code: time, order, what an earlier run left. If this change made it so, mend the change.',
  };
}

const keyOf = ({ file, name }: NamedTest): string => `${file}\0${name}`;
