/** Runs the suites of a module over one changed file at a time. */
import { chmod, lstat, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { GateCommand, ModuleConfig } from '../../definitions/config.ts';
import { hasBrokenEnd, nameEnd } from '../describe-end.ts';
import type { GateSide } from '../gate-side.ts';
import type { GatePlace, GateSurroundings } from '../run-gate-command.ts';
import { measureTests, type TestsRun } from '../suites/measure-tests.ts';
import { NOTHING_KNOWN } from '../suites/place-canary.ts';
import { testKey } from '../proofs/proof-run.ts';

export interface SuiteSide {
  side: GateSide;
  module: ModuleConfig;
  around: GateSurroundings;
}

/** A suite as it was without a mutant. */
export interface KnownSuite {
  gate: GateCommand;
  /** Keys of its green tests. */
  green: ReadonlySet<string>;
  durationMs: number;
}

/** What somebody else's text in place of a file came to; `cut`: the time was over before a suite was done. */
export type Outcome = { end: 'killed'; by: string } | { end: 'survived' } | { end: 'cut' };

/** Slower than without the mutant by more than this, and it runs for ever. */
const SLOWER = 3;
/** Starting a runner takes its time on a busy machine. */
const LEAST_LIMIT_MS = 10_000;

/** null: it proves nothing without a mutant either. */
export async function knowSuite(where: SuiteSide, gate: GateCommand): Promise<KnownSuite | null> {
  const run = await runApart(where, gate, (place) => measureTests(gate, place, NOTHING_KNOWN, where.around));
  if (run.report === null || hasBrokenEnd(run.end) || run.canary === 'not_red') return null;
  const green = run.report.tests.filter(({ status }) => status === 'passed');
  if (green.length === 0) return null;
  return {
    gate,
    green: new Set(green.map(testKey)),
    durationMs: run.durationMs,
  };
}

/** The suites one after the other, until one notices. `leftMs`: how much time is left. */
export async function tryText(
  where: SuiteSide,
  suites: readonly KnownSuite[],
  { path, text, leftMs }: { path: string; text: string; leftMs: () => number },
): Promise<Outcome> {
  for (const suite of suites) {
    const slow = Math.max(LEAST_LIMIT_MS, SLOWER * suite.durationMs);
    const left = Math.floor(leftMs());
    if (left < suite.durationMs) return { end: 'cut' };
    const gate = { ...suite.gate, timeoutMs: Math.min(slow, left) };
    const run = await runApart(where, gate, async (place) => {
      await putText(place, path, text);
      return measureTests(gate, place, NOTHING_KNOWN, where.around);
    });
    if (run.end.timedOut && left < slow) return { end: 'cut' };
    const by = whoNoticed(suite, run);
    if (by !== null) return { end: 'killed', by };
  }
  return { end: 'survived' };
}

/** A test that is green without the mutant, or the end of the run; null: nobody noticed. */
function whoNoticed(suite: KnownSuite, run: TestsRun): string | null {
  if (run.end.timedOut) return `the run took more than ${SLOWER} times as long`;
  if (hasBrokenEnd(run.end)) return nameEnd(run.end);
  if (run.report === null) return run.problem ?? 'no report';
  const passed = new Set(run.report.tests.filter(({ status }) => status === 'passed').map(testKey));
  const red = [...suite.green].find((key) => !passed.has(key));
  return red === undefined ? null : red.replace('\0', ' > ');
}

/** Nobody is the last one here: all others find the checkout as it was. */
function runApart<T>(
  { side, module }: SuiteSide,
  gate: GateCommand,
  work: (place: GatePlace) => Promise<T>,
): Promise<T> {
  return side.apart({ module: module.path, gate: gate.name, isLast: () => false }, work);
}

async function putText(place: GatePlace, path: string, text: string): Promise<void> {
  const there = join(place.root, path);
  const folder = join(place.written, relative(place.root, await realpath(dirname(there))));
  const { mode } = await lstat(there);
  await mkdir(folder, { recursive: true });
  const file = join(place.written, path);
  await writeFile(file, text);
  await chmod(file, mode & 0o777);
}

/** Whether the checkout has the file as the revision does: where a gate or a setup put another one, mutants would run in its place. */
export async function isAsWritten(place: GatePlace, path: string, text: string): Promise<boolean> {
  const there = join(place.root, path);
  const info = await lstat(there).catch(() => null);
  if (info === null || !info.isFile() || (await realpath(there)) !== there) return false;
  return (await readFile(there, 'utf8')) === text;
}
