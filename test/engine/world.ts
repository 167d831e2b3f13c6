/**
 * A run in a process of its own, so that tests can kill, stop and race it: two repositories, a plan, two writers, one
 * rework, gates, a submission. Every answer depends on what is asked only, never on how often.
 *
 *   node world.ts DIR RUN|new '{"killAt": "...", …}'
 *
 * Prints `started RUN` when the start is acknowledged, `driving` when it holds the run, and its result as JSON;
 * `drivingMs` in it is the time from the start of the process to `driving`, without what it waited for a processor.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PullRequestConfig } from '../../src/definitions/config.ts';
import type { RunEvent } from '../../src/core/events.ts';
import type { Following } from '../../src/core/records.ts';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import { drive } from '../../src/engine/drive.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { startRun } from '../../src/engine/start-run.ts';
import type { Forge } from '../../src/forges/forge.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { queuedMs } from '../../src/testing/queued-time.ts';
import { openRig, sequenceGraph } from '../../src/testing/rig.ts';
import { configOf, createPlayDriver, gate, playWell, refusal } from './plays.ts';

export interface WorldOptions {
  /** `push_branch` or `open_pull_request`: after the forge did it; `gates`: in the middle; an event's type: right after it is durable. */
  killAt?: string;
  /** Before or after the n-th durable write (before it nothing of the turn is durable, after it all is), or inside the n-th attempt. */
  kill?: { where: 'before' | 'after' | 'inside'; n: number };
  /** Ask before the first agent. */
  confirm?: boolean;
  takeOver?: boolean;
  /** One step in place of three, without a gate: for tests of what comes after them. */
  brief?: boolean;
  /** By default `local`. */
  forge?: 'local' | 'github';
  /** Agents wait as long as DIR/hold is there. */
  canHold?: boolean;
  /** By default two. */
  repos?: readonly string[];
  /** By default nothing stands beside them. */
  pullRequests?: PullRequestConfig;
  /** By default the run ends when its pull requests are ready. */
  follow?: Following;
}

const REPOS = ['client', 'service'];
const LONGEST_SLEEP_MS = 4_000;
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
  if (order.access !== 'write') return playWell(order);
  // What comes from the forge is answered in a step of its own.
  const text = order.invocationId.includes('-answer-') ? 'answered' : `round ${order.round}`;
  for (const { name, path } of order.workspace.repos) {
    if (order.agent === 'client-agent' && name !== 'client') continue;
    writeFileSync(join(path, `${order.agent}.txt`), `${text}\n`);
  }
  return { status: 'complete', summary: `${order.agent} in round ${order.round}` };
}

/** Plays, and kills this process inside the n-th attempt: what it wrote is there, its outcome is not. */
function killingPlay(dir: string, options: WorldOptions): (order: WorkOrder) => Promise<unknown> {
  let attempts = 0;
  return async (order) => {
    attempts += 1;
    const result = await play(order, dir, options);
    if (options.kill?.where === 'inside' && options.kill.n === attempts) die();
    return result;
  };
}

function killingJournal(journal: Journal, kill: WorldOptions['kill']): Journal {
  if (kill === undefined) return journal;
  let writes = 0;
  const append: Journal['append'] = async (request) => {
    writes += 1;
    if (kill.where === 'before' && kill.n === writes) die();
    const written = await journal.append(request);
    if (kill.where === 'after' && kill.n === writes) die();
    return written;
  };
  return new Proxy(journal, {
    get(target, property) {
      const value: unknown = property === 'append' ? append : Reflect.get(target, property, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function killingForge(forge: Forge, killAt: string): Forge {
  const after = async <T>(name: string, call: Promise<T>): Promise<T> => {
    const outcome = await call;
    if (name === killAt) die();
    return outcome;
  };
  return {
    name: forge.name,
    hasChecks: forge.hasChecks,
    readBase: (place, signal) => forge.readBase(place, signal),
    readPull: (place, signal) => forge.readPull(place, signal),
    readReviews: (place, signal) => forge.readReviews(place, signal),
    preflight: (repositories, signal) => forge.preflight(repositories, signal),
    preparePush: (request, signal) => after('prepare_push', forge.preparePush(request, signal)),
    pushBranch: (request, signal) => after('push_branch', forge.pushBranch(request, signal)),
    openPullRequest: (request, signal) => after('open_pull_request', forge.openPullRequest(request, signal)),
    linkPullRequests: (request, all, signal) =>
      after('link_pull_requests', forge.linkPullRequests(request, all, signal)),
    markReady: (request, signal) => after('mark_ready', forge.markReady(request, signal)),
    setLabels: (request, labels, signal) => after('set_labels', forge.setLabels(request, labels, signal)),
    askReviewers: (request, wanted, signal) =>
      after('ask_reviewers', forge.askReviewers(request, wanted, signal)),
    setStatus: (request, status, signal) =>
      after(
        status.state === 'pending' ? 'begin_status' : 'end_status',
        forge.setStatus(request, status, signal),
      ),
    writeComment: (request, text, signal) => after('comment', forge.writeComment(request, text, signal)),
    closePullRequest: (place, signal) => after('close_pull_request', forge.closePullRequest(place, signal)),
    deleteBranch: (place, signal) => after('delete_branch', forge.deleteBranch(place, signal)),
    readChecks: (place, commit, signal) => forge.readChecks(place, commit, signal),
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

function worldEngine(engine: Engine, dir: string, { killAt = 'never', kill }: WorldOptions): Engine {
  return {
    ...engine,
    journal: killingJournal(engine.journal, kill),
    openForge: (name) => killingForge(engine.openForge(name), killAt),
    // As long as a schedule can wait: a minute that a forge is left alone for shows nothing more.
    clock: {
      ...engine.clock,
      sleep: (ms, signal) => engine.clock.sleep(Math.min(ms, LONGEST_SLEEP_MS), signal),
    },
    gates: killAt === 'gates' ? killingGates(engine.gates, join(dir, 'work')) : engine.gates,
  };
}

async function startWorld(engine: Engine, dir: string, options: WorldOptions): Promise<string> {
  const names = options.repos ?? REPOS;
  const confirm = options.confirm === true;
  const service = {
    id: 'build/service',
    agent: 'service-agent',
    role: 'specialist',
    output: 'changes',
  } as const;
  const { graph, agents } = sequenceGraph(
    options.brief === true
      ? [{ ...service, id: 'build/all' }]
      : [
          { id: 'plan/requirements', agent: 'summarizer', role: 'planner', output: 'notes' },
          service,
          { id: 'build/client', agent: 'client-agent', role: 'specialist', output: 'changes' },
        ],
    { submit: true },
  );
  const { runId } = await startRun(engine, {
    request: 'Do the thing',
    repos: names.map((name) => ({ path: join(dir, 'repos', name), ref: null })),
    graph: { ...graph, start: confirm ? 'confirm' : 'launch' },
    agents,
    config: {
      ...configOf(options.brief === true ? [] : [GATE], [...names]),
      ...(options.pullRequests === undefined ? {} : { pullRequests: options.pullRequests }),
    },
    driver: { name: 'scripted', file: 'world' },
    forge: options.forge ?? 'local',
    ...(options.follow === undefined ? {} : { follow: options.follow }),
    sandbox: 'auto',
    confirmed: !confirm,
    actor: { kind: 'human', name: 'ada', via: 'cli' },
  });
  return runId;
}

async function main([dir = '', run = 'new', json = '{}']: string[]): Promise<void> {
  const options = JSON.parse(json) as WorldOptions; // written by the test
  await using rig = await openRig(createPlayDriver(killingPlay(dir, options)), dir);
  const engine = worldEngine(rig.engine, dir, options);
  const runId = run === 'new' ? await startWorld(engine, dir, options) : run;
  process.stdout.write(`started ${runId}\n`);
  if (options.killAt === 'started') die();
  const isKillPoint = (event: RunEvent): boolean => event.type === options.killAt;
  let first = true;
  let drivingMs = 0;
  const result = await drive(engine, runId, {
    takeOver: options.takeOver === true,
    signal: new AbortController().signal,
    listener: {
      events: (news) => {
        if (!first && news.some(({ event }) => isKillPoint(event))) die();
        if (!first) process.stdout.write('driving\n');
        if (!first && drivingMs === 0) drivingMs = performance.now() - queuedMs(process.pid);
        first = false;
      },
      note: () => {},
    },
  });
  const { status, reason } = result;
  process.stdout.write(`${JSON.stringify({ status, reason, drivingMs })}\n`);
}

if (import.meta.main) {
  await main(process.argv.slice(2)).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    process.stderr.write(`${code} ${String(error)}\n`);
    process.exit(code === 'E_HELD' || code === 'E_FENCED' ? 6 : 1);
  });
}
