/** The gate that runs nothing: whether what a change adds can be reached. Reads both trees from git. */
import { performance } from 'node:perf_hooks';
import type { Revision } from '../../core/results.ts';
import type { GateCommand, ModuleConfig } from '../../definitions/config.ts';
import type { Workspaces } from '../../workspace/workspaces.ts';
import type { Stored } from '../repo-order.ts';
import type { Judgement } from '../suites/judge-tests.ts';
import { runGo } from './go/run-go.ts';
import { entryFilesOf, judgeReach, type ReachSide } from './judge-reach.ts';
import { loadParser } from './parse.ts';
import { runPython } from './python/run-python.ts';
import { isRead, readSide, type KnownFacts, type TreeOfTexts } from './read-graph.ts';
import { runRust } from './rust/run-rust.ts';
import { isForTests, isSource } from './source-files.ts';

/** More than these is not read; bytes are those of one tree. */
const MAX_FILES = 20_000;
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_TREE_BYTES = 128 * 1024 * 1024;

export interface ReachOrder {
  runId: string;
  repo: string;
  base: Revision;
  revision: Revision;
  module: ModuleConfig;
  gate: GateCommand;
  /** All modules of the repository. */
  modules: readonly ModuleConfig[];
  signal: AbortSignal;
}

export async function runReach(order: ReachOrder, workspaces: Workspaces): Promise<Stored> {
  const startedAt = performance.now();
  const judged = await judge(order, workspaces);
  return { ...judged, log: '', durationMs: Math.round(performance.now() - startedAt) };
}

async function judge(order: ReachOrder, workspaces: Workspaces): Promise<Judgement> {
  const { repo, runId, base, revision, gate, signal } = order;
  const before = await workspaces.listFiles(runId, base, repo);
  const now = await workspaces.listFiles(runId, revision, repo);
  const isHere = answersFor(order);
  const readBlobs = (blobs: readonly string[]): Promise<Map<string, Uint8Array>> =>
    workspaces.readBlobs(runId, repo, blobs);
  const trees = { repo, before, now, readBlobs, isHere, entries: gate.entries ?? [], signal };
  const judged = [
    await judgeScripts(order, workspaces, { before, now, isHere }),
    await runGo(trees),
    await runRust(trees),
    await runPython(trees),
  ].filter((each) => each !== null);
  return joinJudgements(judged) ?? answer('not_applicable', NO_LANGUAGE);
}

const NO_LANGUAGE = 'there is no JavaScript, TypeScript, Go, Rust or Python here: no other language is read';

const answer = (status: 'pass' | 'not_applicable' | 'unverified', summary: string): Judgement => ({
  status,
  summary,
  tests: null,
  drafts: [],
});

/** The worst of what is said of each language; null: nothing is. */
function joinJudgements(judged: readonly Judgement[]): Judgement | null {
  const worst = (['fail', 'unverified', 'pass'] as const).find((status) =>
    judged.some((each) => each.status === status),
  );
  if (worst === undefined) return null;
  const drafts = judged.flatMap((each) => each.drafts);
  return { status: worst, summary: judged.map(({ summary }) => summary).join('; '), tests: null, drafts };
}

/** JavaScript and TypeScript. null: there is none here. */
async function judgeScripts(
  order: ReachOrder,
  workspaces: Workspaces,
  { before, now, isHere }: { before: Listed[]; now: Listed[]; isHere: (path: string) => boolean },
): Promise<Judgement | null> {
  const { repo, gate } = order;
  const isCode = (path: string): boolean => isSource(path) && isHere(path);
  if (![...before, ...now].some(({ path }) => isCode(path))) return null;
  const blobsBefore = new Map(before.map(({ path, blob }) => [path, blob]));
  const changed = now.filter(({ path, blob }) => isCode(path) && blobsBefore.get(path) !== blob);
  if (changed.every(({ path }) => isForTests(path))) return answer('pass', 'no code changed');
  const read = await openSides(order, workspaces, { before, now, globs: gate.entries ?? [] });
  if (read === null) return answer('unverified', 'too much code to be read whole');
  const sides = { base: await read.base(), head: await read.head(false) };
  const judged = judgeReach({ repo, isHere, ...sides });
  if (judged.drafts.length === 0) return judged;
  return judgeReach({ repo, isHere, ...sides, head: await read.head(true) });
}

/** The globs of all gates of the repository that name entry points. */
export function entriesOf({ modules }: { modules: readonly ModuleConfig[] }): string[] {
  return modules.flatMap(({ gates }) => gates.flatMap(({ entries = [] }) => entries));
}

/** The files in which the product of a revision begins, by convention too; null: none can be found, or there is too much to be read. */
export async function readEntryFiles(
  order: Omit<ReachOrder, 'module' | 'gate'>,
  workspaces: Workspaces,
): Promise<ReadonlySet<string> | null> {
  const { repo, runId, base, revision, modules } = order;
  const before = await workspaces.listFiles(runId, base, repo);
  const now = await workspaces.listFiles(runId, revision, repo);
  const read = await openSides(order, workspaces, { before, now, globs: entriesOf({ modules }) });
  if (read === null) return null;
  const head = await read.head(false);
  return head.entries.length === 0 ? null : new Set(entryFilesOf(await read.base(), head));
}

type Listed = Awaited<ReturnType<Workspaces['listFiles']>>[number];

/** null: there is too much to be read. */
async function openSides(
  { repo, runId, signal }: Omit<ReachOrder, 'module' | 'gate'>,
  workspaces: Workspaces,
  { before, now, globs }: { before: Listed[]; now: Listed[]; globs: readonly string[] },
): Promise<{ base(): Promise<ReachSide>; head(withTests: boolean): Promise<ReachSide> } | null> {
  const wanted = [before, now].map((files) =>
    files.filter(({ path, size }) => isRead(path) && size <= MAX_FILE_BYTES),
  );
  const [baseFiles = [], headFiles = []] = wanted;
  if (wanted.some((files) => files.length > MAX_FILES || bytesOf(files) > MAX_TREE_BYTES)) return null;
  const blobs = await workspaces.readBlobs(
    runId,
    repo,
    [...baseFiles, ...headFiles].map(({ blob }) => blob),
  );
  const textsOf = (files: readonly Listed[]): TreeOfTexts =>
    new Map(files.map(({ path, blob }) => [path, textOf(blobs.get(blob))]));
  const known: KnownFacts = new Map();
  const given = { parse: await loadParser(), known, globs, signal };
  return {
    base: () => readSide(textsOf(baseFiles), { ...given, withTests: false }),
    head: (withTests) => readSide(textsOf(headFiles), { ...given, withTests }),
  };
}

/** A module inside of this one that has such a gate answers for itself. */
function answersFor({ module, modules }: ReachOrder): (path: string) => boolean {
  const holds = (outer: ModuleConfig, path: string): boolean =>
    outer.path === '.' || path.startsWith(`${outer.path}/`);
  const inner = modules.filter(
    (other) =>
      other !== module && holds(module, other.path) && other.gates.some(({ kind }) => kind === 'reach'),
  );
  return (path) => holds(module, path) && !inner.some((other) => holds(other, path));
}

const bytesOf = (files: readonly { size: number }[]): number =>
  files.reduce((total, { size }) => total + size, 0);

const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes ?? new Uint8Array());
