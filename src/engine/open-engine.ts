/** Puts the engine together: the one place that knows which implementation stands behind which port. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { killMarked } from '../drivers/process/kill-recorded.ts';
import type { RecordingOptions } from '../gateway/recordings.ts';
import { openForge } from './open-forge.ts';
import { createGateRunner } from '../gates/run-gates.ts';
import { createRunCommand } from '../gates/run-processes.ts';
import { readOwnIdentity } from '../journal/process-identity.ts';
import { openSqliteJournal } from '../journal/sqlite/open.ts';
import { findGitIn } from '../workspace/git-environment.ts';
import { createWorkspaces } from '../workspace/open-workspaces.ts';
import { openBreaker } from './breaker.ts';
import { DISK_FLOORS } from './disk-room.ts';
import type { Engine } from './engine.ts';
import { environmentSecrets } from './known-secrets.ts';
import { hashData } from './hash.ts';
import { cacheDirOf, removeLeftByDead } from './left-by-dead.ts';
import { openGatewayFor, wallsAround } from './open-surroundings.ts';
import { openSideLog, sideLogFile } from './side-log.ts';
import { readSigningKey } from './signing.ts';
import { SYSTEM_CLOCK } from './system-clock.ts';

export interface EngineOptions {
  /** `.baton`: journal, locks, git stores, the local forge. */
  stateDir: string;
  /** Workspaces and gate checkouts: outside any repository and away from the journal. */
  workDir: string;
  /** The caller's environment; nothing below reads `process.env`. */
  environment: Record<string, string | undefined>;
  /** The file of the key that statements are signed with; left out, or not there: they are not. */
  signingKey?: string | null;
  /** Answers of models are written to a folder, or come from it alone. */
  recordings?: RecordingOptions | null;
}

export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { stateDir, workDir, environment, recordings = null, signingKey = null } = options;
  findGitIn(environment['PATH']);
  const journal = await openSqliteJournal({
    dir: stateDir,
    clock: SYSTEM_CLOCK.now,
    host: readOwnIdentity(hostname()),
  });
  await removeLeftByDead(stateDir);
  const workspaces = createWorkspaces({ storeDir: join(stateDir, 'git'), workDir, environment });
  return {
    journal,
    workspaces,
    gates: createGateRunner({
      workspaces,
      runCommand: createRunCommand(),
      cacheDir: cacheDirOf(stateDir),
      environment,
    }),
    openBreaker: (spec) => openBreaker(stateDir, hashData(spec).slice(0, 16)),
    openSideLog: (runId) => openSideLog(sideLogFile(stateDir, runId), { now: SYSTEM_CLOCK.now }),
    openForge: (name) => openForge(name, { stateDir, environment }),
    readSigningKey: () => (signingKey === null ? null : readSigningKey(signingKey)),
    openDriver: async (spec) => (await import('./open-driver.ts')).openDriver(spec, environment),
    openGateway: (config) => openGatewayFor(config, { recordings, environment, now: SYSTEM_CLOCK.now }),
    recordings,
    openWall: wallsAround(() => [stateDir, ...keyAt(signingKey)], environment),
    environmentSecrets: (config) => environmentSecrets(environment, config),
    killLeftovers: async (invocationIds) => {
      const left: number[] = [];
      for (const id of invocationIds) left.push(...(await killMarked(id)));
      return left;
    },
    clock: SYSTEM_CLOCK,
    folders: [stateDir, workDir],
    floors: DISK_FLOORS,
    batonVersion: readVersion(),
    [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
  };
}

/** Where it really lies; nowhere: there is none. */
function keyAt(path: string | null): string[] {
  return path === null || !existsSync(path) ? [] : [realpathSync(path)];
}

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version; // our own package.json
}
