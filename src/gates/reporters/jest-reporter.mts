/** A reporter for jest (27 to 30), beside its own. It runs inside the runner, behind the wall. */
import { sendReport } from './send-report.mts';

interface Assertion {
  ancestorTitles: string[];
  title: string;
  status: string;
  /** Marked as expected to fail; said since jest 30. */
  failing?: boolean;
  location?: { line: number } | null;
  failureMessages: string[];
}
interface FileResult {
  testFilePath: string;
  failureMessage?: string | null;
  testExecError?: { message?: string } | null;
  testResults: Assertion[];
}

/** A word that jest adds one day counts as failed until it is known: nothing unknown is green. */
const STATUS: Record<string, string> = {
  passed: 'passed',
  todo: 'todo',
  pending: 'skipped',
  skipped: 'skipped',
  disabled: 'skipped',
};
const MAX_MESSAGE = 4_000;

/** Hands in every test and every file that failed outside of them. */
// oxlint-disable-next-line import/no-default-export -- the runner looks for one
export default class BatonReporter {
  async onRunComplete(_contexts: unknown, { testResults }: { testResults: FileResult[] }): Promise<void> {
    await sendReport(testResults.flatMap(describeFile));
  }
}

function describeFile(result: FileResult): object[] {
  const { testFilePath: file, testResults: tests } = result;
  const lines = tests.map((test) => describeTest(test, file));
  const explained = lines.some(({ status }) => status === 'failed');
  const error = explained ? '' : (result.testExecError?.message ?? result.failureMessage ?? '');
  if (error !== '') return [...lines, { kind: 'error', file, message: error.slice(0, MAX_MESSAGE) }];
  return lines.length === 0 ? [{ kind: 'empty', file }] : lines;
}

function describeTest(test: Assertion, file: string) {
  // A pass that says why it failed is a failure that somebody turned.
  const isTurned = test.status === 'passed' && test.failureMessages.length > 0;
  const isInverted = test.status === 'passed' && test.failing === true;
  const status = isTurned ? 'failed' : isInverted ? 'todo' : (STATUS[test.status] ?? 'failed');
  return {
    kind: 'test',
    name: [...test.ancestorTitles, test.title].join(' > '),
    file,
    status,
    line: test.location?.line ?? null,
    message: status === 'failed' ? test.failureMessages.join('\n').slice(0, MAX_MESSAGE) : '',
  };
}
