/** Agents as programs of their own, for tests of what only a real process can do. */
import { join } from 'node:path';
import { createCommandDriver } from '../../src/drivers/command.ts';
import type { Driver } from '../../src/drivers/driver.ts';
import { startRun } from '../../src/engine/start-run.ts';
import { NO_CONFIG, openRig, type Rig, type RigRun } from '../../src/testing/rig.ts';

/** What each program begins with: `order`, `done(over)`, `pass(over)`, `file(name)` in the first repository. */
const PRELUDE = `
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
const order = JSON.parse(readFileSync(0, 'utf8'));
const file = (name) => join(order.workspace.repos[0].path, name);
const print = (result) => console.log(JSON.stringify(result));
const done = (over) => print({ status: 'complete', summary: order.agent + ' in round ' + order.round, ...over });
const pass = (over) => done({ verdict: 'pass', findings: [], resolved: order.findings.map((f) => f.id), ...over });
`;

/** A rig whose agents are one program with this body, and the repository `api`. */
export async function openPrograms(
  body: string,
): Promise<Rig & { api: string; driver: Driver; program: string }> {
  let driver: Driver | null = null;
  const rig = await openRig({
    name: 'command',
    labelFor: () => 'program',
    preflight: async () => [],
    run: (...call) => {
      if (driver === null) throw new Error('the rig is not open yet');
      return driver.run(...call);
    },
  });
  const program = join(rig.dir, 'agent', 'agent.mjs');
  const api = rig.repository('api', { 'README.md': '# api\n', 'src/app.txt': 'one\n' });
  rig.repository('../agent', { 'agent.mjs': PRELUDE + body });
  driver = createCommandDriver({
    command: [process.execPath, program],
    env: [],
    environment: process.env,
    graceMs: 500,
  });
  return { ...rig, api, driver, program };
}

/** Like `startRigRun`, with or without a wall. */
export async function startWalled(
  rig: Rig,
  run: RigRun,
  sandbox: 'required' | 'auto' | 'off',
): Promise<string> {
  const { runId } = await startRun(rig.engine, {
    request: run.request ?? 'Do the thing',
    repos: run.repos.map((path) => ({ path, ref: null })),
    graph: run.graph,
    agents: run.agents,
    config: run.config ?? NO_CONFIG,
    driver: { name: 'scripted', file: 'rig' },
    forge: 'local',
    sandbox,
    confirmed: true,
    actor: { kind: 'human', name: 'tester', via: 'flag' },
  });
  return runId;
}
