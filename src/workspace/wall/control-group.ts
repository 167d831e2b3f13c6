/**
 * A control group of the kernel's around one invocation or gate: its processes share one limit of memory and one of their
 * number, whoever they run as, and none can leave it behind a wall. Whoever is in it at the end is killed.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findGroupPlaces, readGroupFacts, type GroupPlace } from './group-places.ts';

export interface GroupLimits {
  memoryBytes: number;
  /** And threads. */
  processes: number;
}

export interface ControlGroup {
  /** Stand in front of the command: put it in before it starts anything. `env` is what it is started with. */
  words(env: Readonly<Record<string, string>>): string[];
  /** How many of its processes the kernel has ended for want of memory; null: it does not say. */
  memoryKills(): number | null;
  /** Kills whoever is in it, and takes it away. Resolves to the pids that stayed. */
  end(): Promise<number[]>;
}

/** What one invocation may have of the memory that there is: the engine and the machine need the rest. */
const MEMORY_SHARE = 3 / 4;
const MAX_PROCESSES = 4_096;
/** How long the kernel may take to remove killed processes. */
const END_DEADLINE_MS = 3_000;
const LONGEST_POLL_MS = 50;
const NAME = /^baton-(\d+)-/u;
/** A shell sets them for those that it starts. */
const SET_BY_SHELLS = ['PWD', 'OLDPWD', 'SHLVL', '_'];

let places: GroupPlace[] | undefined;

/** Looked for once: what this user may do does not change while Baton runs. */
export function groupPlaces(): readonly GroupPlace[] {
  if (places !== undefined) return places;
  places = findGroupPlaces(readGroupFacts());
  for (const { parent } of places) removeStale(parent);
  return places;
}

/** What an invocation may have where nobody says more. */
export function usualLimits(): GroupLimits {
  const constrained = process.constrainedMemory();
  const memory = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return { memoryBytes: Math.floor(memory * MEMORY_SHARE), processes: MAX_PROCESSES };
}

/** null: none can be made here. */
export function openControlGroup(
  limits: GroupLimits = usualLimits(),
  where: readonly GroupPlace[] = groupPlaces(),
): ControlGroup | null {
  const name = `baton-${process.pid}-${randomUUID()}`;
  const folders: string[] = [];
  try {
    for (const place of where) {
      const folder = join(place.parent, name);
      mkdirSync(folder);
      folders.push(folder);
      for (const [file, value] of limitFiles(place, limits)) writeFileSync(join(folder, file), value);
      for (const [file, value] of swapFiles(place, limits)) writeWhereThere(join(folder, file), value);
    }
  } catch {
    folders.forEach(isRemoved);
    return null;
  }
  if (folders.length === 0) return null;
  return {
    words: (env) => entryWords(folders, env),
    memoryKills: () => countKills(where, name),
    end: () => endGroup(folders, name),
  };
}

function limitFiles({ version, holds }: GroupPlace, limits: GroupLimits): [string, string][] {
  const memory = version === 2 ? 'memory.max' : 'memory.limit_in_bytes';
  return [
    ...(holds.includes('memory') ? [[memory, String(limits.memoryBytes)] as [string, string]] : []),
    ...(holds.includes('processes') ? [['pids.max', String(limits.processes)] as [string, string]] : []),
  ];
}

/** Kernels can be built without; a machine without any swap needs none. */
function swapFiles({ version, holds }: GroupPlace, { memoryBytes }: GroupLimits): [string, string][] {
  if (!holds.includes('memory')) return [];
  return [version === 2 ? ['memory.swap.max', '0'] : ['memory.memsw.limit_in_bytes', String(memoryBytes)]];
}

function writeWhereThere(file: string, value: string): void {
  try {
    writeFileSync(file, value);
  } catch {
    // not accounted for by this kernel
  }
}

/** A shell writes itself into the group and becomes the command: nothing can be started before. */
function entryWords(folders: readonly string[], env: Readonly<Record<string, string>>): string[] {
  const own = SET_BY_SHELLS.filter((name) => !(name in env)).join(' ');
  const script = [
    'while [ "$1" != -- ]; do',
    '  echo 0 > "$1/cgroup.procs" || { echo "baton-group: it cannot be put into its control group" >&2; exit 126; }',
    '  shift',
    'done',
    `shift; unset ${own}`,
    'exec "$@"',
  ].join('\n');
  return ['/bin/sh', '-c', script, 'baton-group', ...folders, '--'];
}

function countKills(where: readonly GroupPlace[], name: string): number | null {
  const place = where.find(({ holds }) => holds.includes('memory'));
  if (place === undefined) return null;
  const file = place.version === 2 ? 'memory.events' : 'memory.oom_control';
  const count = /^oom_kill (\d+)$/mu.exec(readWhereThere(join(place.parent, name, file)))?.[1];
  return count === undefined ? null : Number(count);
}

async function endGroup(folders: readonly string[], name: string): Promise<number[]> {
  const end = performance.now() + END_DEADLINE_MS;
  let pollMs = 1;
  for (;;) {
    for (const folder of folders) killAll(folder, name);
    if (folders.map(isRemoved).every(Boolean)) return [];
    if (performance.now() > end) return [...new Set(folders.flatMap(membersOf))];
    await sleep(pollMs);
    pollMs = Math.min(LONGEST_POLL_MS, pollMs * 2);
  }
}

/** At once where the kernel can do that, else one after the other, again until nobody is left. */
function killAll(folder: string, name: string): void {
  if (membersOf(folder).length === 0) return;
  try {
    // Without `flag` the file would be made where it is not there, which the kernel refuses with another error.
    writeFileSync(join(folder, 'cgroup.kill'), '1', { flag: 'r+' });
    return;
  } catch {
    // the first version, or a kernel before 5.14
  }
  for (const pid of membersOf(folder)) {
    // A pid that somebody else has by now is in no group of this name.
    if (!readWhereThere(`/proc/${pid}/cgroup`).includes(name)) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // ended by itself
    }
  }
}

function membersOf(folder: string): number[] {
  return readWhereThere(join(folder, 'cgroup.procs')).split('\n').filter(Boolean).map(Number);
}

function isRemoved(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'; // node's errors of the file system carry one
  }
}

/** Of engines that were killed; the kernel removes none that still holds a process. */
function removeStale(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = NAME.exec(name)?.[1];
    if (pid !== undefined && readWhereThere(`/proc/${pid}/stat`) === '') isRemoved(join(parent, name));
  }
}

function readWhereThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
