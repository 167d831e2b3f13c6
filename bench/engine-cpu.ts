/**
 * What a whole run costs the engine's own process, beside agents, gates and git, which are processes of their own: a plan,
 * two writers in two repositories, a review of each, one rework, gates, merges of trees, two pull requests. Real git, real
 * store, agents that answer from this process at once.
 *
 * The first run of a process is shown apart: in it the engine is loaded and compiled, and a store is made. What it takes to start
 * a child is measured by starting the same number of children that do nothing, and is shown apart, too, as is what the shells took
 * that start git. "Beside git" is measured, not reckoned: the same run once more with the ports of git, gates and forge played
 * from memory. What remains are rules, journal, prompts, results, bodies and statements.
 */
import { loadavg } from 'node:os';
import { execFile } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { promisify } from 'node:util';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UNKNOWN_USAGE, type Driver, type WorkOrder } from '../src/drivers/driver.ts';
import type { Engine } from '../src/engine/engine.ts';
import { driveRig, openRig, sequenceGraph, startRigRun } from '../src/testing/rig.ts';
import { playPorts } from './played-ports.ts';

const RUNS = 12;
/** The target of the design, in milliseconds of CPU. */
const LIMIT_MS = 50;
const NAMES = ['api', 'web'];
interface Spent {
  cpuMs: number;
  /** The part of it that the kernel took. */
  systemMs: number;
  wallMs: number;
  events: number;
}

/** Of /proc. */
const MS_PER_TICK = 10;

/** Whether a run has folders that agents write to. */
let isPlayed = false;

function answer(order: WorkOrder): object {
  const base = { status: 'complete', summary: `${order.agent} in round ${order.round}` };
  if (order.role === 'reviewer') {
    const isFirst = order.invocationId.includes('build/one/r1/');
    const finding = { severity: 'major', blocking: true, problem: 'once more', fix: 'do it again' };
    const review = isFirst
      ? { verdict: 'fail', findings: [{ ...finding, repo: 'api', file: 'one.txt' }], resolved: [] }
      : { verdict: 'pass', findings: [], resolved: order.findings.map(({ id }) => id) };
    return { ...base, ...review, areas: [] };
  }
  if (order.access === 'write' && !isPlayed)
    for (const { path } of order.workspace.repos)
      writeFileSync(join(path, `${order.agent}.txt`), `round ${order.round}\n`);
  return base;
}

const driver: Driver = {
  name: 'bench',
  labelFor: () => 'script',
  preflight: async () => [],
  run: async (order) => {
    const result = answer(order);
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
let children = 0;
let commands = 0;
subscribe('child_process', () => (children += 1));
subscribe('baton.git', () => (commands += 1));
const first = await measureRun(rig.engine);
children = commands = 0;
const later = await measureRuns(() => rig.engine);
const perRun = { commands: commands / RUNS, children: children / RUNS };
const shellMs = costOfShells() / (RUNS + 1);
const ports = playPorts(rig.engine, 'local');
await measureRun(ports.recorded);
isPlayed = true;
const played = await measureRuns(ports.play);
const startMs = (await costOfStarts(100)) * (perRun.children / 100);

console.log(`${RUNS} runs of ${first.events} events in two repositories, load ${loadavg()[0]?.toFixed(1)}`);
console.log(`first run, with loading      ${ms(first.cpuMs)} of CPU`);
console.log(
  `later runs, middle           ${ms(later.cpuMs)} of CPU, ${ms(later.systemMs)} of it in the kernel; wall ${ms(later.wallMs)}`,
);
console.log(`later runs, best             ${ms(later.bestMs)} of CPU`);
console.log(
  `a later run asks git ${perRun.commands.toFixed(0)} times (its shells took ${ms(shellMs)} of CPU themselves) and starts ${perRun.children.toFixed(1)} processes: that many that do nothing take ${ms(startMs)}`,
);
console.log(
  `with git, gates and forge played from memory: ${ms(played.cpuMs)} of CPU, ${ms(played.systemMs)} of it in the kernel; best ${ms(played.bestMs)}`,
);
console.log(
  `engine CPU per later run beside agents, gates and git  ${ms(played.cpuMs)} ≤ ${ms(LIMIT_MS)}: ${played.cpuMs <= LIMIT_MS ? 'met' : 'missed'}; with all that this process does for them ${ms(Math.max(0, later.cpuMs - startMs))}`,
);

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}

/** Of one run in this process. */
async function measureRun(engine: Engine): Promise<Spent> {
  const cpu = process.cpuUsage();
  const since = performance.now();
  const runId = await startRigRun(engine, { graph, agents, repos });
  const { status, events } = await driveRig(engine, runId);
  if (status !== 'done') throw new Error(`the run ended as ${status}`);
  const used = process.cpuUsage(cpu);
  return {
    cpuMs: (used.user + used.system) / 1_000,
    systemMs: used.system / 1_000,
    wallMs: performance.now() - since,
    events: events.length,
  };
}

/** The middle of some runs, and the least CPU of one. */
async function measureRuns(engineOf: () => Engine): Promise<Spent & { bestMs: number }> {
  const spent: Spent[] = [];
  for (let count = 0; count < RUNS; count++) spent.push(await measureRun(engineOf()));
  const middle = (key: keyof Spent): number =>
    spent.map((each) => each[key]).toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
  return {
    cpuMs: middle('cpuMs'),
    systemMs: middle('systemMs'),
    wallMs: middle('wallMs'),
    events: middle('events'),
    bestMs: Math.min(...spent.map(({ cpuMs }) => cpuMs)),
  };
}

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
