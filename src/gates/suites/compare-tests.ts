/** Holds a test report against that of the base, by name. Pure. */
import type { TestCounts } from '../../core/records.ts';
import { isTestFile } from './test-files.ts';
import type { NamedTest, RunnerError, TestReport } from './test-report.ts';

export type TestProblem =
  /** A named test of the base that is no longer there. */
  | { kind: 'missing'; test: NamedTest }
  /** Ran at the base, or new, and not run; whatever the test says it with, the runner reports it. */
  | { kind: 'skipped'; test: NamedTest; added: boolean }
  | { kind: 'failing'; test: NamedTest; added: boolean }
  /** New, and green where it has to fail. */
  | { kind: 'not_red'; test: NamedTest }
  /** Had to fail in an earlier step, and is not there or not run now. */
  | { kind: 'demanded'; file: string; name: string }
  /** Something failed outside of any named test. */
  | { kind: 'runner'; error: RunnerError }
  /** Looks like a test file, ran, and held no test. */
  | { kind: 'empty'; file: string };

export interface TestComparison {
  counts: Omit<TestCounts, 'canary'>;
  problems: TestProblem[];
  /** Red at the base and still red: shown, not held against the revision. */
  redAtBase: NamedTest[];
  /** Names that the base does not have. */
  added: NamedTest[];
  /** Of tests whose file was moved, the file that they lay in at the base. */
  movedFrom: ReadonlyMap<NamedTest, string>;
}

/** Between the names of suites, as the reporters and `go test` write it. */
const SEPARATOR = / > |\//u;
const NOTHING: TestReport = { tests: [], errors: [], emptyFiles: [] };

/** Every named test of the base must be present and green; what was red there may stay red. */
export function compareTests(base: TestReport | null, head: TestReport): TestComparison {
  const before = base ?? NOTHING;
  const { pairs, added } = pair(before.tests, head.tests);
  const problems = pairs.map(([was, is]) => problemOf(was, is)).filter((problem) => problem !== null);
  for (const test of added)
    if (test.status === 'failed') problems.push({ kind: 'failing', test, added: true });
  for (const error of newErrors(before, head)) problems.push({ kind: 'runner', error });
  for (const file of newlyEmpty(before, head)) problems.push({ kind: 'empty', file });
  for (const test of base === null ? [] : newlySkipped(before.tests, added))
    problems.push({ kind: 'skipped', test, added: true });
  const redAtBase = pairs.flatMap(([was, is]) =>
    was.status === 'failed' && is?.status === 'failed' ? [is] : [],
  );
  const missing = problems.filter((problem) => problem.kind === 'missing').length;
  const movedFrom = new Map(
    pairs.flatMap(([was, is]): [NamedTest, string][] =>
      is === null || is.file === was.file ? [] : [[is, was.file]],
    ),
  );
  const counts = { ...countTests(head.tests), missing, added: added.length };
  return { counts, problems, redAtBase, added, movedFrom };
}

/** How many there are of each; `todo` counts as skipped. */
function countTests(tests: NamedTest[]): Pick<TestCounts, 'total' | 'passed' | 'failed' | 'skipped'> {
  const of = (...words: string[]): number => tests.filter((test) => words.includes(test.status)).length;
  return { total: tests.length, passed: of('passed'), failed: of('failed'), skipped: of('skipped', 'todo') };
}

const keyOf = (test: NamedTest): string => `${test.file}\0${test.name}`;

/**
 * A test is found again by file and name; one whose file was moved, by its name alone, but never in a
 * test that the base had already: otherwise a namesake would hide a removed test.
 */
function pair(
  base: NamedTest[],
  head: NamedTest[],
): { pairs: [NamedTest, NamedTest | null][]; added: NamedTest[] } {
  const known = new Set(base.map(keyOf));
  const byKey = new Map(head.map((test) => [keyOf(test), test]));
  const files = new Set(head.map((test) => test.file));
  const free = head.filter((test) => !known.has(keyOf(test)));
  const pairs = base.map((was): [NamedTest, NamedTest | null] => {
    const same = byKey.get(keyOf(was));
    if (same !== undefined) return [was, same];
    const moved = files.has(was.file) ? -1 : free.findIndex((test) => test.name === was.name);
    return [was, moved === -1 ? null : (free.splice(moved, 1)[0] ?? null)];
  });
  return { pairs, added: free };
}

function problemOf(was: NamedTest, is: NamedTest | null): TestProblem | null {
  // A test that did not run at the base proved nothing there, so nothing is lost with it.
  const ran = was.status === 'passed' || was.status === 'failed';
  if (is === null) return ran ? { kind: 'missing', test: was } : null;
  if (is.status === 'failed')
    return was.status === 'failed' ? null : { kind: 'failing', test: is, added: false };
  if (is.status !== 'passed' && ran) return { kind: 'skipped', test: is, added: false };
  return null;
}

/**
 * New tests that do not run. Free are those below a suite, or in a file, of which the base runs none either: what is missing there for all of
 * them (a platform, a database) the change did not bring. So is one that the base skips under a name with another number in it.
 */
function newlySkipped(base: readonly NamedTest[], added: readonly NamedTest[]): NamedTest[] {
  const off = added.filter(({ status }) => status === 'skipped' || status === 'todo');
  if (off.length === 0) return [];
  const runs = new Map<string, boolean>();
  for (const test of base)
    for (const suite of suitesOf(test))
      runs.set(suite, (runs.get(suite) ?? false) || test.status !== 'skipped');
  const known = new Set(base.filter(({ status }) => status === 'skipped').map(looseKeyOf));
  return off.filter(
    (test) =>
      test.status === 'todo' ||
      (suitesOf(test).every((suite) => runs.get(suite) !== false) && !known.has(looseKeyOf(test))),
  );
}

/** The file of a test, and each suite around it. */
function suitesOf({ file, name }: NamedTest): string[] {
  const parts = name.split(SEPARATOR);
  return parts.map((_, depth) => [file, ...parts.slice(0, depth)].join('\0'));
}

const looseKeyOf = (test: NamedTest): string => `${test.file}\0${test.name.replace(/\d+/g, '#')}`;

function newErrors(base: TestReport, head: TestReport): RunnerError[] {
  const known = new Set(base.errors.map((error) => error.file ?? error.message));
  return head.errors.filter((error) => !known.has(error.file ?? error.message));
}

/** A file that had names at the base is already reported, name by name. */
function newlyEmpty(base: TestReport, head: TestReport): string[] {
  const known = new Set([...base.emptyFiles, ...base.tests.map((test) => test.file)]);
  return head.emptyFiles.filter((file) => !known.has(file) && isTestFile(file));
}
