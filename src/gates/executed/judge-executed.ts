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
  /** Whether it cannot be told of this one, as a compiler stands in between. */
  isLost: (wanted: ChangedFunction) => boolean;
  /** How many processes left no report. */
  silent: number;
  /** Whether what nobody runs at all stops the change. */
  stops: boolean;
}

const MAX_FINDINGS = 20;

export function judgeExecuted(question: ExecutedQuestion): Judgement {
  const { functions, processes, entries, isLost, silent } = question;
  const through = processes.filter((process) => [...process.keys()].some((path) => entries.has(path)));
  // A compiler in between moves everything: then nothing of the file is where it was written.
  const unread = functions.filter((each) => isLost(each) || isMoved(each.path, functions, processes));
  const read = functions.filter((each) => !unread.includes(each));
  const missed = read.filter((each) => !hasRun(each, through));
  // Where nobody runs it at all comes first: only that may stop the change, whether an entry was loaded or not.
  const unrun = processes.length === 0 ? [] : missed.filter((each) => !hasRun(each, processes));
  const hasEntry = through.length > 0;
  const passed = hasEntry ? missed.filter((each) => !unrun.includes(each)) : [];
  const drafts = [...unrun, ...passed]
    .slice(0, MAX_FINDINGS)
    .map((each) => describe(question, each, passed.includes(each)));
  const isStopped = drafts.some(({ blocking }) => blocking);
  const parts = [
    sayRun({ all: read.length, missed: missed.length, unrun: unrun.length }, hasEntry, processes.length > 0),
    hasEntry && unrun.length > 0 ? `${unrun.length} by no test at all` : '',
    unread.length > 0 ? `${unread.length} cannot be told: they are compiled before they run` : '',
    silent > 0 ? `${silent} processes left no trace, so that nothing stops the change` : '',
  ];
  return {
    status: isStopped ? 'fail' : read.length === 0 || !hasEntry ? 'unverified' : 'pass',
    summary: parts.filter((part) => part !== '').join(', '),
    tests: null,
    drafts,
  };
}

function sayRun(
  { all, missed, unrun }: { all: number; missed: number; unrun: number },
  hasEntry: boolean,
  hasProcess: boolean,
): string {
  if (hasEntry) return `${all - missed} of ${all} changed functions are run by way of an entry point`;
  const entry = 'that ended by itself loaded an entry point';
  return hasProcess
    ? `${all - unrun} of ${all} changed functions are run by tests; no process of theirs ${entry}`
    : `no process of the tests ${entry}`;
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

/** What a test ran past the entry is shown: whether that is enough is a reviewer's to say. */
function describe(
  { repo, silent, stops }: ExecutedQuestion,
  { path, name, line }: ChangedFunction,
  isRun: boolean,
): FindingDraft {
  const how = isRun ? 'Tests run it, in processes that load no entry point' : 'No test runs it at all';
  const unless = silent === 0 ? '' : ` (${silent} processes that tests killed left no trace.)`;
  const blocking = stops && !isRun && silent === 0;
  return {
    severity: blocking ? 'major' : 'minor',
    blocking,
    repo,
    file: path,
    line,
    identity: `not_executed ${name}`,
    problem: `No test runs \`${name}\` by way of an entry point. ${how}.${unless}`,
    fix: 'Add a test that starts where users do: imports what the package offers, or starts the program, and asks for what this is for.',
  };
}
