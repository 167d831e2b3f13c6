/** Prints what was measured, and every target beside its figure. A miss is said plainly and fails nothing: this is a measure. */
import type { Measured } from './meter.ts';

export interface Row extends Measured {
  workload: string;
  window: string;
  /** null without strace. */
  fsyncPerStep: number | null;
}

/** CPU of a process before its first step, in milliseconds. */
export interface Startup {
  nodeMs: number;
  loadMs: number;
  storeMs: number;
}

const MAX_FSYNCS = 1.1;
/** So much dearer may the last steps of a long run be than its early ones: two windows of the same work differ by a tenth. */
const MAX_GROWTH = 1.25;
const MAX_RSS_MB = 100;

export function printReport(rows: Row[], startup: Startup | null): void {
  print('workload      window  steps  cpu ms/step  of it system  wall ms/step  fsync/step  peak rss MB');
  for (const row of rows) print(rowLine(row));
  if (startup !== null) {
    const { nodeMs, loadMs, storeMs } = startup;
    print('');
    print(
      `before the first step of a fresh process, in ms of CPU: Node itself ${nodeMs.toFixed(0)}, loading the engine ${loadMs.toFixed(0)}, making a new store ${storeMs.toFixed(0)}`,
    );
  }
  for (const row of rows) for (const line of memoryLines(row, rows)) print(line);
  print('');
  for (const { name, figure, limit, unit } of targetsOf(rows)) {
    const verdict = figure === null ? 'not measured: no strace' : figure <= limit ? 'met' : 'missed';
    const shown = figure === null ? '-' : figure.toFixed(2);
    print(
      `${name.padEnd(52)} ${shown.padStart(7)} ≤ ${limit.toFixed(2).padStart(6)} ${unit.padEnd(6)} ${verdict}`,
    );
  }
}

/** What a long run keeps in memory for each of its steps. */
function memoryLines(row: Row, rows: Row[]): string[] {
  const first = rows.find((other) => other.workload === row.workload && other.window === 'first');
  if (row.window !== 'last' || first === undefined) return [];
  const steps = Number(row.workload.split(':')[1]);
  const kb = ((row.rssMb - first.rssMb) * 1_024) / steps;
  return [
    `memory per step of ${row.workload}: ${kb.toFixed(1)} KB of peak RSS between its first window and its last`,
  ];
}

interface Target {
  name: string;
  figure: number | null;
  limit: number;
  unit: string;
}

function targetsOf(rows: Row[]): Target[] {
  return rows.flatMap((row): Target[] => {
    const fsyncs = { figure: row.fsyncPerStep, limit: MAX_FSYNCS, unit: '' };
    if (row.window === 'warm' || row.window === 'fresh') {
      const limit = row.window === 'warm' ? 0.3 : 0.6;
      return [
        { name: `CPU per step, ${row.window}`, figure: row.cpuMsPerStep, limit, unit: 'ms' },
        { name: `fsyncs per step, ${row.window}`, ...fsyncs },
      ];
    }
    const first = rows.find((other) => other.workload === row.workload && other.window === 'first');
    if (row.window !== 'last' || first === undefined) return [];
    const steps = Number(row.workload.split(':')[1]);
    const at = `at step ${steps.toLocaleString('en')}`;
    const growth = row.cpuMsPerStep / first.cpuMsPerStep;
    const targets = [
      {
        name: `flat: CPU per step ${at}, beside the first`,
        figure: growth,
        limit: MAX_GROWTH,
        unit: 'times',
      },
      { name: `fsyncs per step ${at}`, ...fsyncs },
    ];
    return [...targets, { name: `peak RSS ${at}`, figure: row.rssMb, limit: MAX_RSS_MB, unit: 'MB' }];
  });
}

function rowLine(row: Row): string {
  return [
    row.workload.padEnd(12),
    row.window.padStart(7),
    String(row.steps).padStart(6),
    row.cpuMsPerStep.toFixed(3).padStart(12),
    row.systemMsPerStep.toFixed(3).padStart(13),
    row.wallMsPerStep.toFixed(3).padStart(13),
    (row.fsyncPerStep === null ? 'no strace' : row.fsyncPerStep.toFixed(2)).padStart(11),
    row.rssMb.toFixed(0).padStart(12),
  ].join(' ');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
