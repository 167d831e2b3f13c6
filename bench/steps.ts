/**
 * What a durable step costs: `npm run bench [-- --quick]`.
 *
 * The workload: 16 agents in 7 groups (one of them a fan-out of 6), a review after each, one rework: 34 steps with
 * 2 KB artifacts, scripted agents in this process, the real engine on the real store with full fsync. Then the same
 * in one long run of 1,000 and of 10,000 steps: 102 of its first steps (after the first 340) beside its last 102. Beside it, in
 * the same bench, the floor: one SQLite insert and commit per step.
 *
 * CPU is user + system time of the whole process, all threads. Every figure is the median of three processes; in a
 * process of their own, under strace, the fsyncs of the same windows are counted. "Fresh" is the first run of a
 * process: Node's start, loading the engine and making a new store are no part of a step and stand in lines of their own.
 * Compiled code is kept from process to process, as the command line keeps it (`bin/baton.js`).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepHeapSmall } from '../src/engine/heap.ts';
import { measureFloor } from './floor.ts';
import { countFsyncs, straceCommand } from './fsyncs.ts';
import type { Measured } from './meter.ts';
import { printReport, type Row, type Startup } from './report.ts';

const RUNS = 20;
const PROCESSES = 3;

/** What one process printed: its windows by name, and what came before them. */
interface ChildResult {
  windows: Record<string, Measured>;
  startup: Startup;
}

async function main(argv: string[]): Promise<void> {
  const [mode, dir, workload] = argv;
  if (mode === '--child' && dir !== undefined && workload !== undefined) {
    process.stdout.write(`${JSON.stringify(await runWorkload(workload, dir))}\n`);
    return;
  }
  const long = argv.includes('--quick') ? [1_000] : [1_000, 10_000];
  const measured = ['floor', 'warm', 'fresh', ...long.map((steps) => `long:${steps}`)].map(measure);
  const startup = measured.find(({ workload }) => workload === 'fresh')?.startup;
  printReport(
    measured.flatMap(({ rows }) => rows),
    startup ?? null,
  );
}

/** In a process of its own. */
async function runWorkload(workload: string, dir: string): Promise<ChildResult> {
  const startup: Startup = { nodeMs: cpuMs(), loadMs: 0, storeMs: 0 };
  if (workload === 'floor') return { windows: { floor: measureFloor(dir, 34 * RUNS) }, startup };
  // As the command line does, whose code is compiled once and kept.
  enableCompileCache(join(import.meta.dirname, '../compiled'));
  keepHeapSmall();
  // Loaded here, so that the floor's process is not weighed down by the engine.
  const { measureLong, measureRuns, openBench } = await import('./workload.ts');
  startup.loadMs = cpuMs() - startup.nodeMs;
  await using engine = await openBench(dir);
  startup.storeMs = cpuMs() - startup.nodeMs - startup.loadMs;
  if (workload === 'fresh')
    return { windows: { fresh: await measureRuns(engine, 'fresh', { warmup: 0, runs: 1 }) }, startup };
  if (workload === 'warm')
    return { windows: { warm: await measureRuns(engine, 'warm', { warmup: RUNS, runs: RUNS }) }, startup };
  const steps = Number(workload.split(':')[1]);
  return { windows: { ...(await measureLong(engine, { warmup: RUNS, steps })) }, startup };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** The rows of one workload: of each window the median of three processes, with its fsyncs. */
function measure(workload: string): { workload: string; rows: Row[]; startup: Startup } {
  const runs = Array.from({ length: PROCESSES }, () => runChild(workload, []));
  const fsyncs = fsyncsOf(workload);
  const windows = Object.keys(runs[0]?.windows ?? {});
  const rows = windows.map((window): Row => {
    const of = runs.flatMap((run) => run.windows[window] ?? []);
    const middle = of.toSorted((a, b) => a.cpuMsPerStep - b.cpuMsPerStep)[1];
    if (middle === undefined) throw new Error(`${workload} has no window ${window}`);
    const counted = fsyncs?.[window];
    const fsyncPerStep = counted === undefined ? null : counted / middle.steps;
    return { workload, window, ...middle, fsyncPerStep, rssMb: Math.max(...of.map((m) => m.rssMb)) };
  });
  const startup = runs.toSorted((a, b) => a.startup.loadMs - b.startup.loadMs)[1]?.startup;
  return { workload, rows, startup: startup ?? { nodeMs: 0, loadMs: 0, storeMs: 0 } };
}

function fsyncsOf(workload: string): Record<string, number> | null {
  const dir = mkdtempSync(join(tmpdir(), 'baton-strace-'));
  try {
    const log = join(dir, 'log');
    const command = straceCommand(log);
    if (command === null) return null;
    runChild(workload, command);
    return countFsyncs(log);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function runChild(workload: string, prefix: string[]): ChildResult {
  const dir = mkdtempSync(join(tmpdir(), 'baton-bench-'));
  try {
    const self = [import.meta.filename, '--child', dir, workload];
    const [file, ...args] = [...prefix, process.execPath, ...self] as [string, ...string[]]; // never empty
    return JSON.parse(execFileSync(file, args, { encoding: 'utf8' })) as ChildResult; // printed by `runWorkload`
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

await main(process.argv.slice(2));
