/** Whole runs with the real engine, the local forge and agents that know the answer: what ends as a pull request. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PullRequest } from '../src/core/records.ts';
import { createCommandDriver } from '../src/drivers/command.ts';
import type { Engine } from '../src/engine/engine.ts';
import { createRandom, shuffle } from '../src/testing/random.ts';
import { driveRig, openRig, sequenceGraph, startRigRun } from '../src/testing/rig.ts';
import { faultsOn } from './faults/draw.ts';
import type { Fault } from './faults/fault.ts';
import { applyEdit, lineEdits } from './faults/operators.ts';
import { withPackages } from './gate-bench.ts';
import { isHarmful, type Benches } from './measure.ts';
import type { EvalTask, Files } from './tasks.ts';

export const BEHAVIOURS = [
  'honest',
  'fix_one_per_round',
  'never_fix',
  'fix_one_break_another',
  'claim_always',
] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

/** How many faults a run begins with. */
const FAULTS = 2;
const ORACLE = fileURLToPath(new URL('oracle.mjs', import.meta.url));

export interface RunMeasured {
  task: EvalTask;
  behaviour: Behaviour;
  faults: Fault[];
  /** `done`, `waiting_human`, …; and why. */
  status: string;
  reason: string;
  pullRequest: boolean;
  /** A pull request whose head fails the hidden tests. */
  escaped: boolean;
  /** Rounds of rework that the writer was sent into. */
  rounds: number;
  seconds: number;
}

/** Harmful ones in different lines of one file, in the order of this seed. */
export async function pickFaults(task: EvalTask, benches: Benches, seed: number): Promise<Fault[]> {
  const picked: Fault[] = [];
  for (const fault of shuffle(faultsOn(task), createRandom(seed))) {
    if (picked.length === FAULTS) break;
    const { place } = fault;
    const apart = picked.every(
      (other) =>
        other.place?.path === place?.path && Math.abs((other.place?.line ?? 0) - (place?.line ?? 0)) > 1,
    );
    if (place !== null && apart && (await isHarmful(fault, benches))) picked.push(fault);
  }
  return picked;
}

/** The change with all of these in it. */
function withFaults(task: EvalTask, faults: readonly Fault[]): Files {
  const path = faults[0]?.place?.path;
  const gold = path === undefined ? null : (task.gold[path] ?? null);
  if (path === undefined || gold === null) return { ...task.gold, ...task.tests };
  const edits = lineEdits(gold, task.before[path] ?? null)
    .filter(({ kind, line }) => faults.some((fault) => fault.kind === kind && fault.place?.line === line))
    .sort((a, b) => b.line - a.line);
  return { ...task.gold, ...task.tests, [path]: edits.reduce(applyEdit, gold) };
}

/** What the writer leaves in each round; the last one goes on. */
export function roundsOf(task: EvalTask, behaviour: Behaviour, faults: readonly Fault[]): Files[] {
  const all = withFaults(task, faults);
  const each = faults.map((fault) => withFaults(task, [fault]));
  const rounds: Record<Behaviour, Files[]> = {
    honest: [withFaults(task, [])],
    fix_one_per_round: faults.map((_, at) => withFaults(task, faults.slice(at))).concat(withFaults(task, [])),
    never_fix: [all],
    fix_one_break_another: [all, ...each, ...each, ...each],
    claim_always: [all],
  };
  return rounds[behaviour];
}

export async function runWhole(
  task: EvalTask,
  behaviour: Behaviour,
  faults: Fault[],
  given: { dir: string; benches: Benches },
): Promise<RunMeasured> {
  const { dir, benches } = given;
  const startedAt = performance.now();
  mkdirSync(dir, { recursive: true });
  const play = join(dir, 'play.json');
  const rounds = roundsOf(task, behaviour, faults);
  writeFileSync(play, JSON.stringify({ rounds, claims: behaviour === 'claim_always' }));
  const command = [process.execPath, ORACLE, play];
  const driver = createCommandDriver({ command, env: [], environment: process.env });
  await using rig = await openRig(driver, dir);
  const engine: Engine = {
    ...rig.engine,
    openWall: async (mode) => {
      const opened = await rig.engine.openWall(mode);
      return { ...opened, wall: withPackages(opened.wall) };
    },
  };
  const steps = [
    { id: 'implement/developer', agent: 'developer', role: 'specialist', output: 'changes' } as const,
  ];
  const name = basename(task.repo);
  const runId = await startRigRun(engine, {
    ...sequenceGraph(steps, { submit: true }),
    repos: [task.repo],
    config: { repos: { [name]: task.config }, limits: {}, agentEnv: [] },
    request: task.prompt,
  });
  const { status, reason, events } = await driveRig(engine, runId);
  const ended = events.flatMap(({ event }) => (event.type === 'run_ended' ? event.pull_requests : []));
  const rework = events.filter(({ event }) => event.type === 'rework_requested').length;
  const verdicts = [];
  for (const pull of ended)
    verdicts.push(
      await benches.verdict.judge(filesOf(pull, task.repo, join(rig.stateDir, 'forge', `${name}.git`))),
    );
  return {
    task,
    behaviour,
    faults,
    status,
    reason,
    pullRequest: ended.length > 0,
    escaped: verdicts.some(({ accepted }) => !accepted),
    rounds: rework,
    seconds: (performance.now() - startedAt) / 1_000,
  };
}

/** Everything that a pull request changes, as its head has it. */
function filesOf({ head }: PullRequest, repo: string, bare: string): Files {
  const base = execFileSync('git', ['-C', repo, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', bare, ...args], { encoding: 'utf8', stdio: 'pipe' });
  const changed = git('diff', '--name-status', '--no-renames', '-z', base, head).split('\0').slice(0, -1);
  return Object.fromEntries(
    Array.from({ length: changed.length / 2 }, (_, at): [string, string | null] => {
      const path = changed[2 * at + 1] ?? '';
      return [path, changed[2 * at] === 'D' ? null : git('show', `${head}:${path}`)];
    }),
  );
}
