/**
 * The world of the kill tests: a small run with everything that can be interrupted (an artifact, two writers in two
 * repositories, a rework, gates, a submission), whose answers depend on the command only. Runs as a program of its
 * own, so that it can be killed for real: `node kill-world.ts DIR RUN|new POINT`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, RepoConfig } from '../definitions/config.ts';
import { UNKNOWN_USAGE, type Driver, type WorkOrder } from '../drivers/driver.ts';
import type { Engine } from '../engine/engine.ts';
import type { Journal } from '../journal/journal.ts';
import { driveRig, openRig, sequenceGraph, startRigRun } from './rig.ts';

/** Where the process kills itself: around the n-th append, or while the n-th invocation is at work. */
export interface KillPoint {
  where: 'before' | 'after' | 'inside' | 'never';
  n: number;
}

const GATE: RepoConfig = {
  modules: [
    {
      path: '.',
      setup: null,
      gates: [
        {
          name: 'build',
          kind: 'build',
          command: ['true'],
          shell: false,
          env: [],
          reporter: 'none',
          report: null,
          set: 'quick',
          network: false,
          timeoutMs: null,
        },
      ],
    },
  ],
  protectedPaths: [],
};
const CONFIG: Config = { repos: { service: GATE, client: GATE }, limits: {}, agentEnv: [] };

export function killGraph(): ReturnType<typeof sequenceGraph> {
  return sequenceGraph(
    [
      { id: 'plan/requirements', agent: 'summarizer', role: 'planner', output: 'notes' },
      { id: 'build/service', agent: 'service-agent', role: 'specialist', output: 'changes' },
      { id: 'build/client', agent: 'client-agent', role: 'specialist', output: 'changes' },
    ],
    { submit: true },
  );
}

/** Answers by what is asked, never by how often: an interrupted attempt and its successor do the same. */
function createKillDriver(point: KillPoint): Driver {
  let calls = 0;
  return {
    name: 'kill-world',
    labelFor: () => 'script',
    preflight: async () => [],
    async run(order) {
      calls += 1;
      if (order.access === 'write') writeFiles(order);
      if (point.where === 'inside' && calls === point.n) process.kill(process.pid, 'SIGKILL');
      return { kind: 'submitted', result: answer(order), raw: Buffer.from('{}'), usage: UNKNOWN_USAGE };
    },
  };
}

function writeFiles(order: WorkOrder): void {
  for (const repo of order.workspace.repos) {
    if (order.agent === 'client-agent' && repo.name !== 'client') continue;
    writeFileSync(join(repo.path, `${order.agent}.txt`), `round ${order.round}\n`);
  }
}

function answer(order: WorkOrder): unknown {
  if (order.role !== 'reviewer')
    return { status: 'complete', summary: `${order.agent} round ${order.round}` };
  const resolved = order.findings.map((finding) => finding.id);
  const sendBack = order.invocationId.includes('build/service/r1/');
  return {
    status: 'complete',
    summary: sendBack ? 'one part is missing' : 'fine',
    verdict: sendBack ? 'fail' : 'pass',
    resolved,
    findings: sendBack
      ? [
          {
            severity: 'major',
            blocking: true,
            repo: 'service',
            file: 'service-agent.txt',
            line: 1,
            problem: 'round 1 is not enough',
            fix: 'do it again',
          },
        ]
      : [],
  };
}

/** Kills this very process around its n-th append: before it, nothing of the turn is durable; after it, all of it is. */
function killingJournal(journal: Journal, point: KillPoint): Journal {
  let appends = 0;
  return new Proxy(journal, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (property !== 'append') return value.bind(target) as unknown;
      return async (request: Parameters<Journal['append']>[0]) => {
        appends += 1;
        if (point.where === 'before' && appends === point.n) process.kill(process.pid, 'SIGKILL');
        const written = await target.append(request);
        if (point.where === 'after' && appends === point.n) process.kill(process.pid, 'SIGKILL');
        return written;
      };
    },
  });
}

async function main([dir, run, where, n]: string[]): Promise<void> {
  if (dir === undefined || run === undefined)
    throw new Error('usage: kill-world.ts DIR RUN|new [before|after|inside|never] [N]');
  const point = { where: (where ?? 'never') as KillPoint['where'], n: Number(n ?? 0) }; // the test passes these words
  await using rig = await openRig(createKillDriver(point), dir);
  const engine: Engine = { ...rig.engine, journal: killingJournal(rig.engine.journal, point) };
  const { graph, agents } = killGraph();
  const repos = ['service', 'client'].map((name) => join(dir, 'repos', name));
  const runId = run === 'new' ? await startRigRun(engine, { graph, agents, repos, config: CONFIG }) : run;
  const result = await driveRig(engine, runId);
  // A run that was killed right after its first event has nothing to go on from yet.
  const resumeMs = result.resumed?.foldMs ?? 0;
  process.stdout.write(
    `${JSON.stringify({ runId, status: result.status, reason: result.reason, resumeMs })}\n`,
  );
}

if (import.meta.main) await main(process.argv.slice(2));
