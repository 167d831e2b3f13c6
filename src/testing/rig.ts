/**
 * A rig for tests of the whole engine: a temporary folder with real git repositories, the real store, real gates,
 * and a driver whose answers the test writes down. Nothing of ours is replaced but the agents.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { JournalEvent } from '../core/events.ts';
import type { Graph, Step } from '../core/graph.ts';
import { DEFAULT_LIMITS, type Limits } from '../core/limits.ts';
import { WRITING_ROLES, type Role } from '../core/words.ts';
import type { AgentDefinition } from '../definitions/agent.ts';
import type { Config } from '../definitions/config.ts';
import type { Driver } from '../drivers/driver.ts';
import { drive } from '../engine/drive.ts';
import type { DriveResult, Engine, StartOptions } from '../engine/engine.ts';
import { hashData } from '../engine/hash.ts';
import { openEngine } from '../engine/open-engine.ts';
import { startRun } from '../engine/start-run.ts';

export interface Rig extends AsyncDisposable {
  dir: string;
  stateDir: string;
  /** Where the key to sign with is looked for; there is none. */
  signingKey: string;
  /** Makes a git repository with these files, committed once. */
  repository(name: string, files: Record<string, string>): string;
  engine: Engine;
}

/** Opens a rig in `dir` (default: a new temporary folder, removed at the end), as from a shell with this environment. */
export async function openRig(
  driver: Driver,
  dir: string | null = null,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Rig> {
  const root = dir ?? mkdtempSync(join(tmpdir(), 'baton-rig-'));
  const stateDir = join(root, '.baton');
  const signingKey = join(root, 'keys', 'signing-key');
  const opened = await openEngine({ stateDir, workDir: join(root, 'work'), environment, signingKey });
  const close = (): Promise<void> => Promise.resolve(opened[Symbol.asyncDispose]());
  return {
    dir: root,
    stateDir,
    signingKey,
    engine: { ...opened, openDriver: async () => driver, [Symbol.asyncDispose]: close },
    repository: (name, files) => createRepository(join(root, 'repos', name), files),
    async [Symbol.asyncDispose]() {
      await close();
      if (dir === null) rmSync(root, { recursive: true, force: true });
    },
  };
}

export function createRepository(path: string, files: Record<string, string>): string {
  for (const [name, text] of Object.entries(files)) {
    const file = join(path, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  git(path, 'init', '-q', '-b', 'main');
  git(path, 'add', '-A');
  git(path, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '-q', '-m', 'First version');
  return path;
}

export function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
  });
}

export function agentDefinition(name: string, role: Role): AgentDefinition {
  return {
    name,
    title: name,
    description: `${name} of a test`,
    role,
    access: WRITING_ROLES.includes(role) ? 'write' : 'read',
    capabilities: [],
    tools: null,
    model: null,
    instructions: `You are ${name}.`,
    hash: hashData([name, role]),
    source: 'rig',
    extra: {},
  };
}

export interface RigStep {
  id: string;
  agent: string;
  role: Role;
  output: string;
  over?: Partial<Step>;
}

/** Steps in sequence, each reviewed by `code-review`; the last one is followed by the submission when `submit`. */
export function sequenceGraph(
  list: RigStep[],
  options: { submit: boolean; limits?: Partial<Limits> },
): { graph: Graph; agents: AgentDefinition[] } {
  const agents = [
    ...new Map(list.map((s) => [s.agent, agentDefinition(s.agent, s.role)])).values(),
    agentDefinition('code-review', 'reviewer'),
  ];
  const steps: Step[] = [];
  for (const { id, agent, role, output, over } of list) {
    const writes = WRITING_ROLES.includes(role);
    const previous = steps.at(-1)?.id;
    const treeFrom =
      steps.findLast((s) => s.work.kind === 'agent' && s.work.changes !== 'forbidden')?.id ?? null;
    steps.push({
      id,
      phase: id.split('/')[0] ?? '',
      title: agent,
      work: { kind: 'agent', agent, output, changes: writes ? 'required' : 'forbidden', scopes: [] },
      needs: previous === undefined ? [] : [previous],
      tree_from: treeFrom,
      when: null,
      gates: writes ? 'full' : 'none',
      reviewers: ['code-review'],
      ...over,
    });
  }
  if (options.submit) steps.push(wholeChange(steps), submitStep('submit/whole-change'));
  const phases = [...new Set(steps.map((s) => s.phase))].map((id) => ({
    id,
    title: id,
    deliverable: `what ${id} hands over`,
    steps: steps.filter((s) => s.phase === id).map((s) => s.id),
  }));
  return {
    agents,
    graph: {
      workflow: 'rig',
      version: 1,
      start: 'launch',
      pause: 'never',
      context: 'all',
      phases,
      steps,
      agents: Object.fromEntries(
        agents.map(({ name, title, role, access, hash }) => [
          name,
          { name, title, role, access, definition_hash: hash },
        ]),
      ),
      limits: { ...DEFAULT_LIMITS, retry_backoff_ms: 0, ...options.limits },
    },
  };
}

function wholeChange(before: Step[]): Step {
  const last = before.at(-1)?.id;
  const treeFrom =
    before.findLast((s) => s.work.kind === 'agent' && s.work.changes !== 'forbidden')?.id ?? null;
  return {
    id: 'submit/whole-change',
    phase: 'submit',
    title: 'Whole change',
    work: { kind: 'check', from: 'base' },
    needs: last === undefined ? [] : [last],
    tree_from: treeFrom,
    when: null,
    gates: 'full',
    reviewers: ['code-review'],
  };
}

function submitStep(after: string): Step {
  return {
    id: 'submit/pull-requests',
    phase: 'submit',
    title: 'Submission',
    work: { kind: 'submit' },
    needs: [after],
    tree_from: after,
    when: null,
    gates: 'none',
    reviewers: [],
  };
}

export const NO_CONFIG: Config = { repos: {}, limits: {}, agentEnv: [] };

export interface RigRun {
  graph: Graph;
  agents: AgentDefinition[];
  repos: string[];
  config?: Config;
  request?: string;
  /** By default `local`. */
  forge?: string;
  effort?: NonNullable<StartOptions['effort']>;
  plan?: NonNullable<StartOptions['plan']>;
  follow?: NonNullable<StartOptions['follow']>;
}

export async function startRigRun(engine: Engine, run: RigRun): Promise<string> {
  const { runId } = await startRun(engine, {
    request: run.request ?? 'Do the thing',
    repos: run.repos.map((path) => ({ path, ref: null })),
    graph: run.graph,
    agents: run.agents,
    config: run.config ?? NO_CONFIG,
    driver: { name: 'scripted', file: 'rig' },
    forge: run.forge ?? 'local',
    sandbox: 'auto',
    confirmed: true,
    ...(run.effort === undefined ? {} : { effort: run.effort }),
    ...(run.plan === undefined ? {} : { plan: run.plan }),
    ...(run.follow === undefined ? {} : { follow: run.follow }),
    actor: { kind: 'human', name: 'tester', via: 'flag' },
  });
  return runId;
}

/** Drives until the engine stops by itself, and returns every event of the run. */
export async function driveRig(
  engine: Engine,
  runId: string,
  signal?: AbortSignal,
): Promise<DriveResult & { events: JournalEvent[] }> {
  const result = await drive(engine, runId, {
    takeOver: false,
    signal: signal ?? new AbortController().signal,
    listener: { events: () => {}, note: () => {} },
  });
  return { ...result, events: await engine.journal.read(runId, 1) };
}
