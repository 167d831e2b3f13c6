/** The gate `mutation`: whether tests notice when the lines of a change are changed a little. */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { formatDuration } from '../../definitions/duration.ts';
import { MUTATION_BOUNDS, type GateCommand, type ModuleConfig } from '../../definitions/config.ts';
import { changedIn } from '../change/changed-in-module.ts';
import type { ChangedLines } from '../change/changed-lines.ts';
import { loadParser } from '../reach/parse.ts';
import type { Parse } from '../reach/read-module.ts';
import { isForTests, isSource } from '../reach/source-files.ts';
import type { GateJob, RepoOrder, Stored } from '../repo-order.ts';
import type { Judgement } from '../suites/judge-tests.ts';
import { judgeMutants, type Tried } from './judge-mutants.ts';
import {
  brokenFile,
  commentedFile,
  firstToTry,
  inTurn,
  maySeeText,
  mutantsOf,
  type Mutant,
} from './mutants.ts';
import {
  isAsWritten,
  knowSuite,
  tryText,
  type KnownSuite,
  type Outcome,
  type SuiteSide,
} from './run-mutants.ts';

const MAX_FILE_CHARACTERS = 512 * 1024;
const MAX_NAMED = 5;
/** Settings of tools are read by the gates themselves. */
const SETTINGS = /(?:^|\/)[^/]+\.config\.[cm]?[jt]s$/;

/** Runs the module's own suites: setups have run. */
export async function measureMutation(order: RepoOrder, { module, gate }: GateJob): Promise<Stored> {
  const startedAt = performance.now();
  const { judgement, log } = await measure(order, { module, gate, startedAt });
  return { ...judgement, log, durationMs: Math.round(performance.now() - startedAt) };
}

/** The suites whose tests have to notice. */
export function suitesOf(module: ModuleConfig): GateCommand[] {
  return module.gates.filter(({ kind, reporter }) => kind === 'tests' && reporter !== 'none');
}

interface Measured {
  judgement: Judgement;
  log: string;
}

interface ChangedFile {
  path: string;
  text: string;
  lines: ReadonlySet<number>;
}

async function measure(
  order: RepoOrder,
  { module, gate, startedAt }: { module: ModuleConfig; gate: GateCommand; startedAt: number },
): Promise<Measured> {
  const answer = (status: 'pass' | 'not_applicable' | 'unverified', summary: string): Measured => ({
    judgement: { status, summary, tests: null, drafts: [] },
    log: '',
  });
  const { timeMs, mostMutants, minScore } = gate.mutation ?? MUTATION_BOUNDS;
  const changed = await changedIn(order, module, gate);
  if (changed === null) return answer('unverified', 'the change is too large to be read whole');
  const { files, unread } = await changedFiles(order, changed, module);
  const parse = await loadParser();
  const read: { file: ChangedFile; found: Mutant[] | null }[] = [];
  for (const file of files) {
    await new Promise((resolve) => setImmediate(resolve));
    read.push({ file, found: mutantsOf(file, parse) });
  }
  const left = [...unread, ...read.flatMap(({ file, found }) => (found === null ? [unreadable(file)] : []))];
  const mutants = read.flatMap(({ found }) => found ?? []);
  if (mutants.length === 0 && left.length > 0)
    return answer('unverified', `nothing could be mutated: ${sayUnread(left)}`);
  if (files.length === 0)
    return answer(
      'not_applicable',
      'no line of JavaScript or TypeScript changed that could be run: no other language is mutated',
    );
  if (mutants.length === 0) return answer('pass', 'nothing in the changed lines can be mutated');
  const where: SuiteSide = { side: order.head, module, around: order.around };
  const suites = await knowSuites(where);
  if (suites.length === 0)
    return answer('unverified', 'no suite of this module has a green test with a name');
  const { tried, unloaded, watchful } = await tryAll(where, suites, {
    mutants: await firstToTry(inTurn(mutants, `${order.baseTree} ${order.tree}`), mostMutants, {
      parse,
      signal: order.around.signal,
    }),
    files: new Map(files.map((file) => [file.path, file.text])),
    seesText: files.some(({ text }) => maySeeText(text)),
    parse,
    leftMs: () => timeMs - (performance.now() - startedAt),
  });
  const run = {
    repo: order.repo,
    tried,
    found: mutants.filter(({ path }) => !unloaded.includes(path)).length,
    unloaded,
    watchful,
    unread: left,
    bounds: `${formatDuration(timeMs)} and ${mostMutants} mutants`,
    minScore,
  };
  return { judgement: judgeMutants(run), log: tried.map(describeTried).join('\n') };
}

/** A file of the change whose lines nobody could look at; `why` as a clause. */
export interface UnreadFile {
  path: string;
  why: string;
}

export const unreadable = ({ path }: { path: string }): UnreadFile => ({
  path,
  why: 'cannot be parsed, or is nested too deeply',
});

/** As a clause for people. */
export function sayUnread(files: readonly UnreadFile[]): string {
  const named = files.slice(0, MAX_NAMED).map(({ path, why }) => `${path} ${why}`);
  const more = files.length > named.length ? [`and ${files.length - named.length} more`] : [];
  return [...named, ...more].join(', ');
}

/** What changed and could be run, as the checkout has it, and what of it is too long to be read. */
export async function changedFiles(
  order: RepoOrder,
  { added }: ChangedLines,
  { path: module }: ModuleConfig,
): Promise<{ files: ChangedFile[]; unread: UnreadFile[] }> {
  const place = await order.head.place(module);
  const files: ChangedFile[] = [];
  const unread: UnreadFile[] = [];
  for (const [path, lines] of Map.groupBy(added, (line) => line.path)) {
    if (!isSource(path) || isForTests(path) || SETTINGS.test(path)) continue;
    const text = await order.readHead(path);
    if (text === null || !(await isAsWritten(place, path, text))) continue;
    if (text.length > MAX_FILE_CHARACTERS) {
      unread.push({ path, why: `has more than ${MAX_FILE_CHARACTERS} characters` });
      continue;
    }
    files.push({ path, text, lines: new Set(lines.map(({ line }) => line)) });
  }
  return { files, unread };
}

async function knowSuites(where: SuiteSide): Promise<KnownSuite[]> {
  const known: KnownSuite[] = [];
  for (const gate of suitesOf(where.module)) {
    const suite = await knowSuite(where, gate);
    if (suite !== null) known.push(suite);
  }
  return known;
}

/** One after the other until the time is over. What no test loads is not tried: nobody could notice. */
async function tryAll(
  where: SuiteSide,
  suites: readonly KnownSuite[],
  {
    mutants,
    files,
    seesText,
    parse,
    leftMs,
  }: {
    mutants: readonly Mutant[];
    files: ReadonlyMap<string, string>;
    /** Whether code of the change may look at how it is written. */
    seesText: boolean;
    parse: Parse;
    leftMs: () => number;
  },
): Promise<{ tried: Tried[]; unloaded: string[]; watchful: string[] }> {
  const tried: Tried[] = [];
  const loaded = new Map<string, boolean>();
  const watchful: string[] = [];
  const tryOne = (path: string, text: string): Promise<Outcome> => {
    where.around.signal.throwIfAborted();
    return tryText(where, suites, { path, text, leftMs });
  };
  for (const mutant of mutants) {
    const { path } = mutant;
    if (!loaded.has(path)) {
      const { end } = await tryOne(path, brokenFile(files.get(path) ?? '', randomUUID()));
      if (end === 'cut') break;
      loaded.set(path, end === 'killed');
      const text = files.get(path) ?? '';
      const commented =
        seesText && end === 'killed' ? commentedFile({ path, text }, randomUUID(), parse) : null;
      const same = commented === null ? 'survived' : (await tryOne(path, commented)).end;
      if (same === 'cut') break;
      if (same === 'killed') watchful.push(path);
    }
    if (loaded.get(path) === false || watchful.includes(path)) continue;
    const outcome = await tryOne(path, mutant.text);
    if (outcome.end === 'cut') break;
    tried.push({ mutant, ...outcome });
  }
  return { tried, watchful, unloaded: [...loaded].flatMap(([path, isLoaded]) => (isLoaded ? [] : [path])) };
}

function describeTried(each: Tried): string {
  const { path, line, before, after } = each.mutant;
  const how = each.end === 'killed' ? `noticed: ${each.by}` : 'NOT NOTICED';
  return `${path}:${line} ${before} -> ${after}\n    ${how}`;
}
