/**
 * Worlds to begin schedules with: repositories and a forge's folder, untouched or with a run that was killed when it had just
 * written down that it would push. Each is made once and put back for every schedule, at the same path: journals name it.
 */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFakeForge, type FakeForge } from '../../src/testing/fake-forge/fake-forge.ts';
import { git } from '../../src/testing/rig.ts';
import { createRepositories, until, worldIn, type World } from '../engine/worlds.ts';
import type { WorldOptions } from '../engine/world.ts';
import type { Schedule } from './draw.ts';
import { PEOPLE, SETTINGS, type Setting, type SettingName } from './settings.ts';

const TOKEN = 'ghp-loopback-token-0816-cccc';
/** In memory, where the system has such a place: what is killed is a process and no machine, and no disk is waited for. */
const PLACE = hasRoom('/dev/shm') ? '/dev/shm' : tmpdir();
const ENVIRONMENT = { GH_ENTERPRISE_TOKEN: TOKEN, TMPDIR: PLACE };

/** Containers often have 64 MiB there. */
function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > 1024 ** 3;
}

/** A world and its forge, for one schedule. */
export interface Place extends AsyncDisposable {
  world: World;
  server: FakeForge;
  /** What each start is told. */
  options: WorldOptions;
  /** null: nothing was started yet. */
  runId: string | null;
}

export interface KeptWorlds extends Disposable {
  /** One at a time: the one before has to be disposed of. */
  open(schedule: Pick<Schedule, 'setting' | 'begins'>): Promise<Place>;
}

interface Kept {
  world: string;
  start: string;
  submission: string;
  runId: string;
}

/** `program`: see `buildWorldProgram`. What this process leaves at its end goes with it. */
export function createKeptWorlds(program: string): KeptWorlds {
  const dir = mkdtempSync(join(PLACE, 'baton-schedules-'));
  const kept = new Map<SettingName, Promise<Kept>>();
  let playing: World | null = null;
  const clean = (): void => {
    playing?.[Symbol.dispose]();
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', clean);
  const keptFor = (name: SettingName): Promise<Kept> => {
    const there = kept.get(name) ?? keepWorlds(join(dir, name), program, SETTINGS[name]);
    kept.set(name, there);
    return there;
  };
  return {
    async open({ setting, begins }) {
      const { names } = SETTINGS[setting];
      const { world: path, runId, ...copies } = await keptFor(setting);
      rmSync(path, { recursive: true, force: true });
      copyFolder(copies[begins], path);
      const world = worldIn(path, { environment: ENVIRONMENT, program });
      playing = world;
      const server = await openServer(path);
      for (const name of names) pointTo(world.repository(name), `${server.url}/acme/${name}.git`);
      return {
        world,
        server,
        options: optionsOf(SETTINGS[setting]),
        runId: begins === 'start' ? null : runId,
        async [Symbol.asyncDispose]() {
          await server[Symbol.asyncDispose]();
          world[Symbol.dispose]();
          await nobodyIn(path);
        },
      };
    },
    [Symbol.dispose]() {
      process.off('exit', clean);
      clean();
    },
  };
}

async function keepWorlds(dir: string, program: string, setting: Setting): Promise<Kept> {
  const path = join(dir, 'world');
  const kept = { world: path, start: join(dir, 'start'), submission: join(dir, 'submission') };
  createRepositories(path, setting.names);
  const world = worldIn(path, { environment: ENVIRONMENT, program });
  await using server = await openServer(path);
  for (const name of setting.names) {
    const from = world.repository(name);
    git(from, 'remote', 'add', 'origin', server.addRepository(`acme/${name}`, from));
  }
  copyFolder(path, kept.start);
  const killed = await world.run('new', { ...optionsOf(setting), killAt: 'effect_intended' });
  if (killed.signal !== 'SIGKILL') throw new Error(`no submission began: ${killed.out} ${killed.err}`);
  await nobodyIn(path);
  const runId = await world.runId();
  copyFolder(path, kept.submission);
  return { ...kept, runId };
}

function optionsOf({ names, pullRequests, follow }: Setting): WorldOptions {
  return {
    forge: 'github',
    brief: true,
    repos: names,
    ...(pullRequests === undefined ? {} : { pullRequests }),
    ...(follow === undefined ? {} : { follow }),
  };
}

async function openServer(path: string): Promise<FakeForge> {
  const server = await openFakeForge({ dir: join(path, 'server'), token: TOKEN });
  server.people.collaborators.push(...PEOPLE.collaborators);
  server.people.teams.push(...PEOPLE.teams);
  return server;
}

/** Every server has a port of its own, so that whoever is left of an earlier schedule reaches nobody. */
function pointTo(repository: string, url: string): void {
  const file = join(repository, '.git/config');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/url = .*/, `url = ${url}`));
}

function copyFolder(from: string, to: string): void {
  mkdirSync(join(to, '..'), { recursive: true });
  execFileSync('cp', ['-a', from, to]);
}

/** Waits until no process works in this folder or names it: what a killed run left behind has to end by itself. */
async function nobodyIn(path: string): Promise<void> {
  await until(() => !readdirSync('/proc').some((pid) => /^\d+$/.test(pid) && isIn(pid, path)));
}

function isIn(pid: string, path: string): boolean {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return command.includes(path) || readlinkSync(`/proc/${pid}/cwd`).startsWith(path);
  } catch {
    return false; // it has ended, or is not ours
  }
}
