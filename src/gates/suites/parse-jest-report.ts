/** Reads what `jest --json --outputFile` writes. */
import { z } from 'zod';
import { nameUniquely, pathInRepo } from './test-report.ts';
import type { NamedTest, ParsedReport, TestReport, TestStatus } from './test-report.ts';

const REPORT = z.object({
  numTotalTests: z.number().int(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()).default([]),
          title: z.string(),
          status: z.string(),
          location: z.object({ line: z.number().int() }).nullish(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

type FileResult = z.infer<typeof REPORT>['testResults'][number];

/** Half a file is no JSON, and one that lacks tests which it counts is short: both prove nothing. */
export function parseJestReport(text: string, root: string): ParsedReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'the report is cut short or no JSON' };
  }
  const parsed = REPORT.safeParse(value);
  if (!parsed.success) return { ok: false, problem: 'the report is no report of jest' };
  const report = collect(parsed.data.testResults, root);
  if (report.tests.length < parsed.data.numTotalTests) {
    return {
      ok: false,
      problem: `the report is short: it names ${report.tests.length} of ${parsed.data.numTotalTests} tests`,
    };
  }
  return { ok: true, report };
}

function collect(files: FileResult[], root: string): TestReport {
  const errors = files
    .filter(
      (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
    )
    .map((file) => ({ file: pathInRepo(file.name, root), message: file.message }));
  const failed = new Set(errors.map((error) => error.file));
  const emptyFiles = files
    .filter((file) => file.assertionResults.length === 0)
    .map((file) => pathInRepo(file.name, root))
    .filter((file) => !failed.has(file));
  return { tests: nameUniquely(files.flatMap((file) => testsOf(file, root))), errors, emptyFiles };
}

function testsOf(file: FileResult, root: string): NamedTest[] {
  return file.assertionResults.map((test) => ({
    name: [...test.ancestorTitles, test.title].join(' > '),
    file: pathInRepo(file.name, root),
    status: statusOf(test.status),
    line: test.location?.line ?? null,
    message: (test.failureMessages ?? []).join('\n'),
  }));
}

/** A word that jest adds one day counts as failed until it is known: nothing unknown is green. */
function statusOf(word: string): TestStatus {
  if (word === 'passed') return 'passed';
  if (word === 'todo') return 'todo';
  return word === 'pending' || word === 'skipped' || word === 'disabled' ? 'skipped' : 'failed';
}
