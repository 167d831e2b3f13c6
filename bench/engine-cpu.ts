/**
 * What a whole run costs the engine's own process, beside agents, gates and git, which are processes of their own: a plan,
 * two writers in two repositories, a review of each, one rework, gates, merges of trees, two pull requests. Real git, real
 * store, agents that answer from this process at once.
 *
 * The first run of a process is shown apart: in it the engine is loaded and compiled, and a store is made. What it takes to start a child
 * is measured by starting the same number of children that do nothing, and is shown apart, too, as is what the shells took that start git:
 * both belong to git. Everything else that this process does for a run is in, the reading of what git printed as well.
 */
import { loadavg } from 'node:os';
import { execFile } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { promisify } from 'node:util';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UNKNOWN_USAGE, type Driver, type WorkOrder } from '../src/drivers/driver.ts';
import { driveRig, openRig, sequenceGraph, startRigRun } from '../src/testing/rig.ts';

const RUNS = 12;
/** The target of the design, in milliseconds of CPU. */
const LIMIT_MS = 50;
const NAMES = ['api', 'web'];
/** Of /proc. */
const MS_PER_TICK = 10;

function play(order: WorkOrder): object {
  const base = { status: 'complete', summary: `${order.agent} in round ${order.round}` };
  if (order.role === 'reviewer') {
    const isFirst = order.invocationId.includes('build/one/r1/');
    const finding = { severity: 'major', blocking: true, problem: 'once more', fix: 'do it again' };
    const review = isFirst
      ? { verdict: 'fail', findings: [{ ...finding, repo: 'api', file: 'one.txt' }], resolved: [] }
      : { verdict: 'pass', findings: [], resolved: order.findings.map(({ id }) => id) };
    return { ...base, ...review, areas: [] };
  }
  if (order.access === 'write')
    for (const { path } of order.workspace.repos)
      writeFileSync(join(path, `${order.agent}.txt`), `round ${order.round}\n`);
  return base;
}

const driver: Driver = {
  name: 'bench',
  labelFor: () => 'script',
  preflight: async () => [],
  run: async (order) => {
    const result = play(order);
    return { kind: 'submitted', result, raw: Buffer.from(JSON.stringify(result)), usage: UNKNOWN_USAGE };
  },
};

const { graph, agents } = sequenceGraph(
  [
    { id: 'plan/notes', agent: 'summarizer', role: 'planner', output: 'notes' },
    { id: 'build/one', agent: 'one', role: 'specialist', output: 'changes' },
    { id: 'build/two', agent: 'two', role: 'specialist', output: 'changes' },
  ],
  { submit: true },
);

await using rig = await openRig(driver);
const repos = NAMES.map((name) => rig.repository(name, { 'README.md': `# ${name}\n` }));
const spent: { cpuMs: number; systemMs: number; wallMs: number; events: number }[] = [];
let children = 0;
let commands = 0;
subscribe('child_process', () => (children += 1));
subscribe('baton.git', () => (commands += 1));
for (let count = 0; count < RUNS; count++) {
  const cpu = process.cpuUsage();
  const since = performance.now();
  const runId = await startRigRun(rig.engine, { graph, agents, repos });
  const { status, events } = await driveRig(rig.engine, runId);
  if (status !== 'done') throw new Error(`the run ended as ${status}`);
  const used = process.cpuUsage(cpu);
  spent.push({
    cpuMs: (used.user + used.system) / 1_000,
    systemMs: used.system / 1_000,
    wallMs: performance.now() - since,
    events: events.length,
  });
  if (count === 0) children = commands = 0;
}
const warmRuns = spent.slice(1);
const shellMs = costOfShells() / RUNS;
const childrenPerRun = children / warmRuns.length;
const startMs = (await costOfStarts(100)) * (childrenPerRun / 100);

const sorted = (key: 'cpuMs' | 'systemMs' | 'wallMs'): number[] =>
  warmRuns.map((each) => each[key]).toSorted((a, b) => a - b);
const middle = (values: number[]): number => values[Math.floor(values.length / 2)] ?? Number.NaN;
const ms = (value: number): string => `${value.toFixed(0)} ms`;
const cpu = sorted('cpuMs');
console.log(
  `${RUNS} runs of ${spent[0]?.events} events in two repositories, load ${loadavg()[0]?.toFixed(1)}`,
);
console.log(`first run, with loading      ${ms(spent[0]?.cpuMs ?? Number.NaN)} of CPU`);
console.log(
  `later runs, middle           ${ms(middle(cpu))} of CPU, ${ms(middle(sorted('systemMs')))} of it in the kernel; wall ${ms(middle(sorted('wallMs')))}`,
);
console.log(`later runs, best             ${ms(cpu[0] ?? Number.NaN)} of CPU`);
console.log(
  `a later run asks git ${(commands / warmRuns.length).toFixed(0)} times (its shells took ${ms(shellMs)} of CPU themselves) and starts ${childrenPerRun.toFixed(1)} processes: that many that do nothing take ${ms(startMs)}`,
);
const own = Math.max(0, middle(cpu) - startMs);
console.log(
  `engine CPU per later run, without starts  ${ms(own)} ≤ ${ms(LIMIT_MS)}: ${own <= LIMIT_MS ? 'met' : 'missed'}`,
);

/** Milliseconds of CPU that children of this process took which are still there, without theirs. */
function costOfShells(): number {
  const ids = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  return ids
    .filter((id) => id !== '')
    .map((id) => readFileSync(`/proc/${id}/stat`, 'utf8'))
    .map((stat) => stat.slice(stat.lastIndexOf(')') + 2).split(' '))
    .reduce((sum, fields) => sum + (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK, 0);
}

/** Milliseconds of this process's CPU. */
async function costOfStarts(count: number): Promise<number> {
  const run = promisify(execFile);
  const before = process.cpuUsage();
  for (let at = 0; at < count; at++) await run('true');
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1_000;
}
