/**
 * A run in a process of its own, so that tests can kill, stop and race it: two repositories, a plan, a writer, one rework,
 * gates, a submission. Every answer depends on what is asked only.
 *
 *   node world.ts DIR RUN|new '{"killAt": "...", …}'
 *
 * Prints `started RUN` when the start is acknowledged, `driving` when it holds the run, and its result as JSON.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunEvent } from '../../src/core/events.ts';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import { drive } from '../../src/engine/drive.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { startRun } from '../../src/engine/start-run.ts';
import type { Forge } from '../../src/forges/forge.ts';
import { openRig, sequenceGraph } from '../../src/testing/rig.ts';
import { configOf, createPlayDriver, gate, playWell, refusal } from './plays.ts';

export interface WorldOptions {
  /** `push_branch` or `open_pull_request`: after the forge did it; `gates`: in the middle; an event's type: right after it is durable. */
  killAt?: string;
  /** Ask before the first agent. */
  confirm?: boolean;
  takeOver?: boolean;
  /** Agents wait as long as DIR/hold is there. */
  canHold?: boolean;
}

const REPOS = ['client', 'service'];
const HALF = 'half.txt';
/** Red where an earlier try left something behind; long enough to be killed in. */
const GATE = gate(['sh', '-c', `test ! -e ${HALF} || exit 1; echo half > ${HALF}; sleep 0.05`]);

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

async function play(order: WorkOrder, dir: string, options: WorldOptions): Promise<unknown> {
  if (options.canHold === true) {
    writeFileSync(join(dir, 'at-work'), order.invocationId);
    while (existsSync(join(dir, 'hold'))) await pause(20);
  }
  const isRefused = order.role === 'reviewer' && order.invocationId.includes('build/service/r1/');
  if (isRefused)
    return refusal(order, 'round 1 is not enough', { repo: 'service', file: 'service-agent.txt' });
  if (order.access === 'write') {
    for (const { path } of order.workspace.repos)
      writeFileSync(join(path, `${order.agent}.txt`), `round ${order.round}\n`);
    return { status: 'complete', summary: `${order.agent} in round ${order.round}` };
  }
  return playWell(order);
}

function killingForge(forge: Forge, killAt: string): Forge {
  const after = async <T>(name: string, call: Promise<T>): Promise<T> => {
    const outcome = await call;
    if (name === killAt) die();
    return outcome;
  };
  return {
    name: forge.name,
    pushBranch: (request, signal) => after('push_branch', forge.pushBranch(request, signal)),
    openPullRequest: (request, signal) => after('open_pull_request', forge.openPullRequest(request, signal)),
    linkPullRequests: (request, all, signal) =>
      after('link_pull_requests', forge.linkPullRequests(request, all, signal)),
    markReady: (request, signal) => after('mark_ready', forge.markReady(request, signal)),
    closePullRequest: (place, signal) => after('close_pull_request', forge.closePullRequest(place, signal)),
    deleteBranch: (place, signal) => after('delete_branch', forge.deleteBranch(place, signal)),
  };
}

/** Kills this process while a gate command has begun and not ended. */
function killingGates(gates: Engine['gates'], workDir: string): Engine['gates'] {
  const hasBegun = (): boolean =>
    readdirSync(workDir, { recursive: true, encoding: 'utf8' }).some((name) => name.endsWith(HALF));
  return {
    preflight: (repos) => gates.preflight(repos),
    deploy: (order, signal) => gates.deploy(order, signal),
    run: async (order, signal) => {
      const timer = setInterval(() => void (hasBegun() && die()), 5);
      try {
        return await gates.run(order, signal);
      } finally {
        clearInterval(timer);
      }
    },
  };
}

function worldEngine(engine: Engine, dir: string, { killAt = 'never' }: WorldOptions): Engine {
  return {
    ...engine,
    openForge: (name) => killingForge(engine.openForge(name), killAt),
    gates: killAt === 'gates' ? killingGates(engine.gates, join(dir, 'work')) : engine.gates,
  };
}

async function startWorld(engine: Engine, dir: string, confirm: boolean): Promise<string> {
  const { graph, agents } = sequenceGraph(
    [
      { id: 'plan/requirements', agent: 'summarizer', role: 'planner', output: 'notes' },
      { id: 'build/service', agent: 'service-agent', role: 'specialist', output: 'changes' },
    ],
    { submit: true },
  );
  const { runId } = await startRun(engine, {
    request: 'Do the thing',
    repos: REPOS.map((name) => ({ path: join(dir, 'repos', name), ref: null })),
    graph: { ...graph, start: confirm ? 'confirm' : 'launch' },
    agents,
    config: configOf([GATE], REPOS),
    driver: { name: 'scripted', file: 'world' },
    forge: 'local',
    sandbox: 'auto',
    confirmed: !confirm,
    actor: { kind: 'human', name: 'ada', via: 'cli' },
  });
  return runId;
}

async function main([dir = '', run = 'new', json = '{}']: string[]): Promise<void> {
  const options = JSON.parse(json) as WorldOptions; // written by the test
  await using rig = await openRig(
    createPlayDriver((order) => play(order, dir, options)),
    dir,
  );
  const engine = worldEngine(rig.engine, dir, options);
  const runId = run === 'new' ? await startWorld(engine, dir, options.confirm === true) : run;
  process.stdout.write(`started ${runId}\n`);
  if (options.killAt === 'started') die();
  const isKillPoint = (event: RunEvent): boolean => event.type === options.killAt;
  let first = true;
  const result = await drive(engine, runId, {
    takeOver: options.takeOver === true,
    signal: new AbortController().signal,
    listener: {
      events: (news) => {
        if (!first && news.some(({ event }) => isKillPoint(event))) die();
        if (!first) process.stdout.write('driving\n');
        first = false;
      },
      note: () => {},
    },
  });
  process.stdout.write(`${JSON.stringify({ status: result.status, reason: result.reason })}\n`);
}

if (import.meta.main) {
  await main(process.argv.slice(2)).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    process.stderr.write(`${code} ${String(error)}\n`);
    process.exit(code === 'E_HELD' || code === 'E_FENCED' ? 6 : 1);
  });
}
