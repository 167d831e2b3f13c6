/**
 * What a durable step costs: `npm run bench [-- --quick]`.
 *
 * The workload: 16 agents in 7 groups (one of them a fan-out of 6), a review after each, one rework: 34 steps with
 * 2 KB artifacts, scripted agents in this process, the real engine on the real store with full fsync. Beside it, in
 * the same run, the floor: one SQLite insert and commit per step. Then the same in one long run of 1,000 and
 * 10,000 steps. CPU is user + system time of the process; fsyncs are counted by strace where it is installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureFloor } from './floor.ts';
import type { Measured } from './meter.ts';

const RUNS = 20;

async function main(argv: string[]): Promise<void> {
  const [mode, dir] = argv;
  if (mode === '--child' && dir !== undefined) {
    process.stdout.write(`${JSON.stringify(await child(argv[2] ?? '', dir))}\n`);
    return;
  }
  const long = argv.includes('--quick') ? [1_000] : [1_000, 10_000];
  process.stdout.write(
    'workload                                steps  cpu ms/step  wall ms/step  fsync/step  rss MB\n',
  );
  for (const name of ['floor', 'fresh', 'warm', ...long.map((n) => `long:${n}`)]) report(name);
  process.stdout.write(
    '\ntargets: warm ≤ 0.3, fresh ≤ 0.6 ms CPU per step, ≤ 1.1 fsync per step, flat at 10,000, RSS < 100 MB\n',
  );
}

async function child(name: string, dir: string): Promise<Measured> {
  if (name === 'floor') return measureFloor(dir, 34 * RUNS);
  // Loaded here, so that the floor's process is not weighed down by the engine.
  const { measureLong, measureRuns } = await import('./workload.ts');
  if (name === 'fresh') return measureRuns(dir, { warmup: 0, runs: 1 });
  if (name === 'warm') return measureRuns(dir, { warmup: RUNS, runs: RUNS });
  return measureLong(dir, Number(name.split(':')[1]));
}

/** Each row in a process of its own, and once more under strace for the fsyncs. */
function report(name: string): void {
  const row = JSON.parse(runChild(name, []).stdout) as Measured; // printed by the child above
  const fsyncs = countFsyncs(name, row);
  const cells = [
    name.padEnd(36),
    String(row.steps).padStart(8),
    row.cpuMsPerStep.toFixed(3).padStart(12),
    row.wallMsPerStep.toFixed(3).padStart(13),
    (fsyncs === null ? 'no strace' : fsyncs.toFixed(2)).padStart(11),
    row.rssMb.toFixed(0).padStart(7),
  ];
  process.stdout.write(`${cells.join(' ')}\n`);
}

function runChild(name: string, prefix: string[]): { stdout: string } {
  const dir = mkdtempSync(join(tmpdir(), 'baton-bench-'));
  try {
    const command = [...prefix, process.execPath, import.meta.filename, '--child', dir, name];
    const done = spawnSync(command[0] ?? '', command.slice(1), { encoding: 'utf8', maxBuffer: 1 << 26 });
    if (done.status !== 0) throw new Error(`bench ${name} failed: ${done.stderr}`);
    return { stdout: done.stdout };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Counted over the whole process, so opening the store is in it; null without strace. Warm runs count their warm-up too. */
function countFsyncs(name: string, row: Measured): number | null {
  if (!existsSync('/usr/bin/strace') || name === 'long:10000') return null;
  const log = join(mkdtempSync(join(tmpdir(), 'baton-strace-')), 'log');
  runChild(name, ['/usr/bin/strace', '-f', '-q', '-o', log, '-e', 'trace=fsync,fdatasync']);
  const calls = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => /\b(fsync|fdatasync)\(/.test(line)).length;
  rmSync(log, { force: true });
  return calls / (name === 'warm' ? row.steps * 2 : row.steps);
}

await main(process.argv.slice(2));
