/** What a test run said, by name, whichever runner it came from. */

export type TestStatus = 'passed' | 'failed' | 'skipped' | 'todo';

/** One named test. Names are unique within their file. */
export interface NamedTest {
  name: string;
  /** Relative to the repository; the class name where a runner knows no files. */
  file: string;
  status: TestStatus;
  line: number | null;
  /** Why it failed; empty otherwise. */
  message: string;
}

/** Something that went wrong outside of any named test: a file that does not load, a stray exception. */
export interface RunnerError {
  file: string | null;
  message: string;
}

export interface TestReport {
  tests: NamedTest[];
  errors: RunnerError[];
  /** Files that ran as test files and held no test. */
  emptyFiles: string[];
}

/** A report that is cut, contradicts itself or is no report proves nothing; `problem` says which. */
export type ParsedReport = { ok: true; report: TestReport } | { ok: false; problem: string };

/** Numbers the second and later tests of one name in one file, so that each can be followed. */
export function nameUniquely(tests: NamedTest[]): NamedTest[] {
  const seen = new Map<string, number>();
  return tests.map((test) => {
    const key = `${test.file}\0${test.name}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? test : { ...test, name: `${test.name} (${count})` };
  });
}

/** A path as the repository knows it: relative, with forward slashes. */
export function pathInRepo(file: string, root: string): string {
  const path = file.startsWith('file://') ? decodeURIComponent(file.slice('file://'.length)) : file;
  const slashed = path.replaceAll('\\', '/');
  return slashed.startsWith(`${root}/`) ? slashed.slice(root.length + 1) : slashed.replace(/^\.\//, '');
}
