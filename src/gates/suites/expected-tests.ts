/** What a pass expects of the tests beside the base's: that new ones fail, and that those which had to fail are green now. */
import type { RedTest } from '../../core/records.ts';
import type { Revision } from '../../core/results.ts';
import { hashBytes } from '../../journal/hash.ts';
import type { FindingDraft } from '../findings.ts';
import type { GateOutcome } from '../repo-order.ts';

export interface TestExpectation {
  /** Every new named test has to fail, and there has to be one. */
  red: boolean;
  /** Tests that an earlier step left failing on purpose: each has to be there and pass. */
  demanded: readonly DemandedTest[];
}

/** A test that failed on purpose, with the trees between which it was written. */
export interface DemandedTest extends RedTest {
  /** Where its step began: the sources that it has to fail on, also when the work is done. */
  before: Revision;
  /** What its step handed over, and the gates saw fail. */
  shown: Revision;
}

export const GREEN: TestExpectation = { red: false, demanded: [] };

/** Over all gates of the pass: whether anything new fails at all. */
export function judgeRedPass(outcomes: readonly GateOutcome[]): GateOutcome {
  const red = outcomes.flatMap((outcome) => outcome.red ?? []);
  const suites = outcomes.filter((outcome) => outcome.kind === 'tests');
  const named = suites.some((outcome) => outcome.tests !== null);
  const about = { gate: 'failing-test', kind: 'tests', repo: '*', module: '.', tests: null } as const;
  const rest = { ...about, log: '', configHash: hashBytes('failing-test'), durationMs: 0, cached: false };
  if (red.length > 0)
    return { ...rest, status: 'pass', summary: `${red.length} new tests fail, as they have to`, drafts: [] };
  const names = suites.map((outcome) => `${outcome.repo} ${outcome.gate}`).join(', ') || 'none is configured';
  return named
    ? {
        ...rest,
        status: 'fail',
        summary: 'no new test fails',
        drafts: [
          missing(
            'No new named test fails: the fault is not shown yet.',
            'Add a test that fails because of the fault, and change nothing that mends it.',
          ),
        ],
      }
    : {
        ...rest,
        status: 'error',
        summary: 'no test suite yields names',
        drafts: [
          missing(
            `No test suite yields names (${names}): whether a new test fails cannot be told.`,
            'Give the tests gate in baton.yaml a `reporter` (node, vitest, jest or junit).',
          ),
        ],
      };
}

function missing(problem: string, fix: string): FindingDraft {
  const identity = 'failing_test_missing';
  return { severity: 'major', blocking: true, repo: null, file: null, line: null, identity, problem, fix };
}
