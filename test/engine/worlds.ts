/** Starts, kills and inspects worlds (see `world.ts`) from tests. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { JournalEvent } from '../../src/core/events.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { readOwnIdentity } from '../../src/journal/process-identity.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open.ts';
import { createRepository } from '../../src/testing/rig.ts';
import type { WorldOptions } from './world.ts';

const PROGRAM = join(import.meta.dirname, 'world.ts');
const DEADLINE_MS = 60_000;
const COMPILED = join(import.meta.dirname, '../../.cache/compiled');

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
}

export interface WorldProcess {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** What it printed so far. */
  out(): string;
  /** Resolves when it printed this, or ended. */
  says(text: string): Promise<void>;
}

export interface World extends Disposable {
  dir: string;
  start(run: string, options?: WorldOptions): WorldProcess;
  /** Where a repository lies. */
  repository(name: string): string;
  /** Starts it and waits for its end. */
  run(run: string, options?: WorldOptions): Promise<Ended>;
  openJournal(): Promise<Journal>;
  events(): Promise<JournalEvent[]>;
  runId(): Promise<string>;
  pulls(): { branch: string; state: string }[];
}

/** `environment`: of its processes, beside this one's; `names`: of its repositories. */
export function openWorld(
  environment: Record<string, string> = {},
  names: readonly string[] = ['service', 'client'],
): World {
  const dir = mkdtempSync(join(tmpdir(), 'baton-world-'));
  createRepositories(dir, names);
  return worldIn(dir, { environment, program: PROGRAM });
}

export function createRepositories(dir: string, names: readonly string[]): void {
  for (const name of names) createRepository(join(dir, 'repos', name), { 'README.md': `# ${name}\n` });
}

/** A world in a folder that is there, with its repositories; `program` is `world.ts`, or what was built from it. */
export function worldIn(
  dir: string,
  { environment, program }: { environment: Record<string, string>; program: string },
): World {
  const children: ChildProcess[] = [];
  const openJournal = (): Promise<Journal> =>
    openSqliteJournal({
      dir: join(dir, '.baton'),
      clock: () => new Date(),
      host: readOwnIdentity(hostname()),
    });
  const start = (run: string, options: WorldOptions = {}): WorldProcess => {
    const world = startProcess([program, dir, run, JSON.stringify(options)], environment);
    children.push(world.child);
    return world;
  };
  const runId = async (): Promise<string> => {
    await using journal = await openJournal();
    const rows = await journal.listRuns({ limit: 10, prefix: '' });
    return rows.find((row) => row.seq > 0)?.runId ?? 'new';
  };
  return {
    dir,
    start,
    repository: (name) => join(dir, 'repos', name),
    run: (run, options) => start(run, options).ended,
    openJournal,
    runId,
    async events() {
      const id = await runId();
      await using journal = await openJournal();
      return journal.read(id, 1);
    },
    pulls() {
      const forge = join(dir, '.baton', 'forge');
      if (!existsSync(forge)) return [];
      return readdirSync(forge, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.json'))
        .map(
          (file) => JSON.parse(readFileSync(join(forge, file), 'utf8')) as { branch: string; state: string },
        ); // written by the forge
    },
    [Symbol.dispose]() {
      for (const child of children)
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function startProcess(args: string[], environment: Record<string, string>): WorldProcess {
  // What is measured is a resume and no translation of types: a published package has none.
  const env = { NODE_COMPILE_CACHE: COMPILED, ...process.env, ...environment };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  let gone = false;
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      gone = true;
      resolve({ code, signal, out, err });
    });
  });
  return { child, ended, out: () => out, says: (text) => until(() => gone || out.includes(text)) };
}

/** Polls a condition, and throws when it does not come true in time. */
export async function until(condition: () => boolean | Promise<boolean>, maxMs = DEADLINE_MS): Promise<void> {
  const deadline = performance.now() + maxMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not true in ${maxMs} ms: ${condition.toString()}`);
    await pause(5);
  }
}

/** The JSON that a world printed last. */
export function resultOf(ended: Ended): { status: string; reason: string; drivingMs: number } {
  if (ended.code !== 0) throw new Error(`the world broke: ${ended.signal ?? ended.code} ${ended.err}`);
  return JSON.parse(ended.out.trim().split('\n').at(-1) ?? '') as ReturnType<typeof resultOf>; // printed by world.ts
}
