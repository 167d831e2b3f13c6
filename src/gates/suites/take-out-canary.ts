/** What a report says of the canary, and the report without it. Pure. */
import type { Canary } from './canary.ts';
import type { NamedTest, TestReport } from './test-report.ts';

/**
 * Takes the canary out of a report and says whether it was reported red. `watched`: the files within which it was.
 * What of a file did not run whole is told by its own tests, not by the canary.
 */
export function takeOutCanary(
  report: TestReport,
  canary: Canary,
  isFirst = false,
): { report: TestReport; red: boolean; watched: string[] } {
  const within = canary.within ?? new Map<string, string>();
  const isCanary = (test: NamedTest): boolean => canary.files.includes(test.file) || canary.isNamed(test);
  const named = report.tests.filter((test) => canary.isNamed(test));
  const own = named.filter(({ name }) => !within.has(name));
  const left = {
    tests: report.tests.filter((test) => !isCanary(test)),
    errors: report.errors.filter((error) => error.file === null || !canary.files.includes(error.file)),
    emptyFiles: report.emptyFiles.filter((file) => !canary.files.includes(file)),
  };
  const statuses = new Map(named.map(({ name, status }) => [name, status]));
  const all = [...within].map(([name, file]) => ({ file, status: statuses.get(name) }));
  const deaf = all.filter(
    ({ file, status }) => status !== 'failed' && (status === 'passed' || ranWhole(left, file)),
  );
  const ownIsRed = own.length >= canary.count && own.every(({ status }) => status === 'failed');
  return {
    report: left,
    red: ownIsRed && (isFirst || deaf.length === 0),
    watched: all.filter(({ status }) => status === 'failed').map(({ file }) => file),
  };
}

function ranWhole({ tests, errors }: TestReport, path: string): boolean {
  const own = tests.filter(({ file }) => file === path);
  return (
    own.length > 0 &&
    own.every(({ status }) => status === 'passed' || status === 'failed') &&
    errors.every(({ file }) => file !== path)
  );
}
