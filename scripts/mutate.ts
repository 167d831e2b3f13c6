/**
 * Takes the mechanism behind a numbered line away, in a copy of the checkout, and looks whether the tests that carry the
 * number notice: red is good. One mutation at a time, each judged against a run of the same tests without any.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** No set of tests that a mutation names takes this long. */
const MAX_RUN_MS = 5 * 60_000;
/** A test that fails with one of these did not judge the mechanism: the mutation broke the program. */
const BREAKS = /^(?:ReferenceError|SyntaxError)\b/;
const NOT_COPIED = new Set(['node_modules', '.git', 'dist']);

/** One mechanism, and how to take it away. */
export interface Mutation {
  /** The number of the line, which the titles of its tests start with. */
  line: string;
  /** What is taken away, in words. */
  mechanism: string;
  file: string;
  /** Stands in the file exactly once. */
  text: string;
  replacement: string;
  /** The test files to run; of each, the tests that carry the number. */
  tests: string[];
}

/**
 * `red`: the tests noticed. `still green`: they did not. `not found`: the text is not there, or not once. `broken`: the
 * mutation stops the program from loading, or no test is green without it, so that nothing was learned.
 */
export type Outcome = 'red' | 'still green' | 'not found' | 'broken';

export interface Noticed {
  mutation: Mutation;
  outcome: Outcome;
  /** The first test that noticed, or why nothing was learned. */
  detail: string;
}

interface TestRun {
  /** Each test that ran, as `file: title`, with the start of its error; null: it passed. */
  tests: Map<string, string | null>;
  /** What did not load, or why the run said nothing. */
  problem: string | null;
}

/** Judges the mutations one after the other; `tell` hears of each as soon as it is known. */
export async function runMutations(
  root: string,
  mutations: readonly Mutation[],
  tell: (noticed: Noticed) => void = () => {},
): Promise<Noticed[]> {
  const copy = copyCheckout(root);
  try {
    const unmutated = new Map<string, TestRun>();
    const found: Noticed[] = [];
    for (const mutation of mutations) {
      const files = mutation.tests.join();
      const before = unmutated.get(files) ?? (await runUnmutated(copy, mutation.tests, mutations));
      unmutated.set(files, before);
      const noticed = { mutation, ...(await judge(copy, mutation, before)) };
      found.push(noticed);
      tell(noticed);
    }
    return found;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Files as they lie there, changes that are not committed included; packages are shared. */
function copyCheckout(root: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'baton-mutate-'));
  cpSync(root, copy, { recursive: true, filter: (path) => !NOT_COPIED.has(basename(path)) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Once for all mutations that name the same files: what is green when nothing is taken away. */
function runUnmutated(copy: string, tests: string[], mutations: readonly Mutation[]): Promise<TestRun> {
  const same = mutations.filter((mutation) => mutation.tests.join() === tests.join());
  return runTests(copy, { tests, lines: [...new Set(same.map((mutation) => mutation.line))], bail: false });
}

async function judge(
  copy: string,
  mutation: Mutation,
  before: TestRun,
): Promise<{ outcome: Outcome; detail: string }> {
  const path = join(copy, mutation.file);
  const original = readFileSync(path, 'utf8');
  const times = original.split(mutation.text).length - 1;
  if (times !== 1)
    return { outcome: 'not found', detail: `the text stands ${times} times in ${mutation.file}` };
  const carries = numberPattern([mutation.line]);
  const green = [...before.tests].flatMap(([title, error]) =>
    error === null && carries.test(title) ? [title] : [],
  );
  if (green.length === 0 || before.problem !== null)
    return { outcome: 'broken', detail: `without it: ${before.problem ?? 'no test is green'}` };
  const mutated = original.replace(mutation.text, () => mutation.replacement);
  const unreadable = syntaxProblem(mutation.file, mutated);
  if (unreadable !== null) return { outcome: 'broken', detail: unreadable };
  writeFileSync(path, mutated);
  try {
    const { tests, line } = mutation;
    return compare(green, await runTests(copy, { tests, lines: [line], bail: true }));
  } finally {
    writeFileSync(path, original);
  }
}

/** Some tests start the program as a process of its own, where a file that cannot be read looks like any failure. */
function syntaxProblem(file: string, code: string): string | null {
  if (!file.endsWith('.ts')) return null;
  try {
    stripTypeScriptTypes(code);
    return null;
  } catch (error) {
    return `does not parse: ${firstLine(error instanceof Error ? error.message : String(error))}`;
  }
}

function compare(green: string[], after: TestRun): { outcome: Outcome; detail: string } {
  if (after.problem !== null) return { outcome: 'broken', detail: after.problem };
  const failed = green.flatMap((title) => {
    const error = after.tests.get(title) ?? null;
    return error === null ? [] : [{ title, error }];
  });
  const noticed = failed.find(({ error }) => !BREAKS.test(error));
  if (noticed !== undefined) return { outcome: 'red', detail: noticed.title };
  const [broken] = failed;
  if (broken !== undefined) return { outcome: 'broken', detail: broken.error };
  const ran = green.filter((title) => after.tests.has(title)).length;
  return ran === green.length
    ? { outcome: 'still green', detail: `${ran} tests` }
    : { outcome: 'broken', detail: `${ran} of ${green.length} tests ran` };
}

interface Wanted {
  tests: string[];
  lines: string[];
  /** Ends with the first test that fails. */
  bail: boolean;
}

/** Runs the tests that carry the numbers and reads the report; one that is not whole is a problem, never a verdict. */
async function runTests(copy: string, { tests, lines, bail }: Wanted): Promise<TestRun> {
  const report = join(copy, 'mutate-report.json');
  rmSync(report, { force: true });
  const words = ['run', ...tests, '-t', numberPattern(lines).source, '--no-file-parallelism'];
  if (bail) words.push('--bail=1');
  const ended = await runVitest(copy, [...words, '--reporter=json', `--outputFile=${report}`]);
  if (ended !== null) return { tests: new Map(), problem: ended };
  try {
    return readReport(copy, JSON.parse(readFileSync(report, 'utf8')) as Report);
  } catch (error) {
    return { tests: new Map(), problem: `no report: ${firstLine(String(error))}` };
  }
}

function numberPattern(lines: string[]): RegExp {
  return new RegExp(String.raw`\b(?:${lines.join('|')})\b`);
}

function runVitest(copy: string, words: string[]): Promise<string | null> {
  return new Promise((done) => {
    const vitest = join(copy, 'node_modules/vitest/vitest.mjs');
    const child = spawn(process.execPath, [vitest, ...words], {
      cwd: copy,
      stdio: 'ignore',
      timeout: MAX_RUN_MS,
    });
    child.on('error', (error) => done(`cannot start: ${error.message}`));
    child.on('exit', (_, signal) => done(signal === null ? null : `ended by ${signal}`));
  });
}

interface Report {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] }[];
  }[];
}

function readReport(copy: string, { testResults }: Report): TestRun {
  const tests = new Map<string, string | null>();
  const bailed = testResults.some(({ assertionResults }) => assertionResults.some(hasFailed));
  let problem: string | null = testResults.length === 0 ? 'no test file was found' : null;
  for (const { name, status, message, assertionResults } of testResults) {
    const file = name.slice(copy.length + 1);
    // A file that was not begun because another one had failed says nothing.
    if (status === 'failed' && !assertionResults.some(hasFailed) && !(bailed && message === ''))
      problem = `${file} failed to load: ${firstLine(message)}`;
    for (const { fullName, status, failureMessages } of assertionResults) {
      if (status === 'passed') tests.set(`${file}: ${fullName}`, null);
      if (status === 'failed') tests.set(`${file}: ${fullName}`, firstLine(failureMessages?.[0] ?? 'failed'));
    }
  }
  return { tests, problem };
}

function hasFailed({ status }: { status: string }): boolean {
  return status === 'failed';
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

const SHOWN: Record<Outcome, string> = {
  red: 'red',
  'still green': 'STILL GREEN',
  'not found': 'NOT FOUND',
  broken: 'BROKEN',
};

export function outcomeLine({ mutation, outcome, detail }: Noticed): string {
  return `${mutation.line.padEnd(9)} ${SHOWN[outcome].padEnd(11)} ${mutation.mechanism}\n${' '.repeat(22)}${detail}`;
}

/** The last lines: lines of the table that nothing is known of, and the sum. */
export function summaryLines(lines: readonly string[], noticed: readonly Noticed[]): string[] {
  const without = linesWithout(lines, noticed);
  const red = noticed.filter(({ outcome }) => outcome === 'red').length;
  return [
    ...without.map((line) => `${line.padEnd(9)} no mutation`),
    `${red} of ${noticed.length} mechanisms noticed, ${without.length} of ${lines.length} lines without a mutation`,
  ];
}

/** Whether something is known of every line, and the tests noticed all that was taken away. */
export function isAllNoticed(lines: readonly string[], noticed: readonly Noticed[]): boolean {
  return linesWithout(lines, noticed).length === 0 && noticed.every(({ outcome }) => outcome === 'red');
}

function linesWithout(lines: readonly string[], noticed: readonly Noticed[]): string[] {
  const mutated = new Set(noticed.map(({ mutation }) => mutation.line));
  return lines.filter((line) => !mutated.has(line));
}
