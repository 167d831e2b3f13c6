/** Whether tests run a change's functions by way of an entry point. Pure. */
import type { FindingDraft } from '../findings.ts';
import type { Judgement } from '../suites/judge-tests.ts';
import type { ChangedFunction } from './new-functions.ts';
import type { Executed, Range } from './read-processes.ts';

export interface ExecutedQuestion {
  repo: string;
  functions: readonly ChangedFunction[];
  processes: readonly Executed[];
  entries: ReadonlySet<string>;
}

const MAX_FINDINGS = 20;

export function judgeExecuted({ repo, functions, processes, entries }: ExecutedQuestion): Judgement {
  const through = processes.filter((process) => [...process.keys()].some((path) => entries.has(path)));
  if (through.length === 0) {
    const summary = 'no process of the tests that ended by itself loaded an entry point';
    return { status: 'unverified', summary, tests: null, drafts: [] };
  }
  // A compiler in between moves everything: then nothing of the file is where it was written.
  const unread = functions.filter(({ path }) => isMoved(path, functions, processes));
  const read = functions.filter((each) => !unread.includes(each));
  const missed = read.filter((each) => !hasRun(each, through));
  const drafts = missed.slice(0, MAX_FINDINGS).map((each) => describe(repo, each, hasRun(each, processes)));
  const parts = [
    `${read.length - missed.length} of ${read.length} changed functions are run by way of an entry point`,
    unread.length > 0 ? `${unread.length} cannot be told: they are compiled before they run` : '',
  ];
  return {
    status: read.length === 0 ? 'unverified' : 'pass',
    summary: parts.filter((part) => part !== '').join(', '),
    tests: null,
    drafts,
  };
}

function hasRun(wanted: ChangedFunction, processes: readonly Executed[]): boolean {
  return processes.some((process) => {
    const found = rangeOf(wanted, process.get(wanted.path) ?? []);
    return found !== null && found.count > 0;
  });
}

/** The one that ends with it; a method is said to begin with its name. */
function rangeOf({ start, end }: ChangedFunction, ranges: readonly Range[]): Range | null {
  const same = ranges.filter((range) => range.end === end && range.start <= start);
  return same.toSorted((a, b) => b.start - a.start)[0] ?? null;
}

function isMoved(
  path: string,
  functions: readonly ChangedFunction[],
  processes: readonly Executed[],
): boolean {
  const seen = processes.flatMap((process) => process.get(path) ?? []);
  // The whole file is one of them; a file that nobody loaded has none.
  if (seen.length < 2) return false;
  const own = functions.filter((each) => each.path === path);
  return own.every((each) => rangeOf(each, seen) === null);
}

/** Shown: a program that its test kills leaves no trace, and reviewers can tell. */
function describe(repo: string, { path, name, line }: ChangedFunction, isRun: boolean): FindingDraft {
  const how = isRun ? 'Tests run it, in processes that load no entry point' : 'No test runs it at all';
  return {
    severity: 'minor',
    blocking: false,
    repo,
    file: path,
    line,
    identity: `not_executed ${name}`,
    problem: `No test runs \`${name}\` by way of an entry point. ${how}. (Programs that a test kills leave no trace.)`,
    fix: 'Add a test that starts where users do: imports what the package offers, or starts the program, and asks for what this is for.',
  };
}
