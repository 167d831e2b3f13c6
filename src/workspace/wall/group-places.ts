/** Where this process may make control groups of its own: folders of the kernel's, in the second version or the first. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join, relative } from 'node:path';

export interface GroupPlace {
  /** The folder in which groups are made. */
  parent: string;
  version: 1 | 2;
  holds: readonly ('memory' | 'processes')[];
}

/** What the kernel says of this process and of where its groups are mounted. */
export interface GroupFacts {
  /** `/proc/self/cgroup` */
  own: string;
  /** `/proc/self/mountinfo` */
  mounts: string;
}

interface Hierarchy {
  root: string;
  mountPoint: string;
  version: 1 | 2;
  /** Of the first version: its controllers. */
  options: string[];
}

/** A file that is in a group only where the controller is handed down to it. */
const SIGNS = {
  1: { memory: 'memory.limit_in_bytes', processes: 'pids.max' },
  2: { memory: 'memory.max', processes: 'pids.max' },
} as const;

export function readGroupFacts(): GroupFacts {
  return { own: readOwn('cgroup'), mounts: readOwn('mountinfo') };
}

/**
 * For each of memory and processes at most one place, tried by making a group there. Never above the group that this
 * process is in but in the second version, where a group that holds processes hands nothing down: there its neighbours do.
 */
export function findGroupPlaces(facts: GroupFacts): GroupPlace[] {
  const hierarchies = readHierarchies(facts.mounts);
  const found: GroupPlace[] = [];
  for (const line of facts.own.trim().split('\n')) {
    const [, controllers = '', ...path] = line.split(':');
    const names = controllers.split(',');
    const hierarchy = hierarchies.find(({ version, options }) =>
      controllers === '' ? version === 2 : version === 1 && names.every((name) => options.includes(name)),
    );
    if (hierarchy === undefined) continue;
    const own = folderOf(hierarchy, path.join(':'));
    const parents = hierarchy.version === 2 ? upTo(own, hierarchy.mountPoint) : [own];
    for (const parent of parents) {
      const holds = tryPlace(parent, hierarchy.version).filter(
        (kind) => !found.some((place) => place.holds.includes(kind)),
      );
      if (holds.length === 0) continue;
      found.push({ parent, version: hierarchy.version, holds });
      break;
    }
  }
  return found;
}

function readHierarchies(mounts: string): Hierarchy[] {
  return mounts.split('\n').flatMap((line): Hierarchy[] => {
    const [left = '', right = ''] = line.split(' - ');
    const [, , , root = '', mountPoint = ''] = left.split(' ');
    const [type = '', , options = ''] = right.split(' ');
    if (type === 'cgroup2') return [{ root, mountPoint, version: 2, options: [] }];
    return type === 'cgroup' ? [{ root, mountPoint, version: 1, options: options.split(',') }] : [];
  });
}

/** In a container the mount shows a part only, and paths may be told from further up. */
function folderOf({ root, mountPoint }: Hierarchy, path: string): string {
  const below = relative(root, path);
  const folder = join(mountPoint, below);
  return !below.startsWith('..') && existsSync(folder) ? folder : mountPoint;
}

/** A folder and those around it, the nearest first, up to `top`. */
function upTo(folder: string, top: string): string[] {
  const inside = relative(top, folder);
  const parts = inside === '' ? [] : inside.split('/');
  return Array.from({ length: parts.length + 1 }, (_, cut) =>
    join(top, ...parts.slice(0, parts.length - cut)),
  );
}

/** What a group that is made there can hold; nothing: this process may make none. */
function tryPlace(parent: string, version: 1 | 2): ('memory' | 'processes')[] {
  const folder = join(parent, `baton-${process.pid}-trial`);
  try {
    mkdirSync(folder);
  } catch {
    return []; // not for this user, or shown read-only
  }
  try {
    const signs = SIGNS[version];
    const held = (['memory', 'processes'] as const).filter((kind) => existsSync(join(folder, signs[kind])));
    // Most groups of the first version hold neither: to try to enter one takes a process.
    return held.length > 0 && canEnter(folder) ? held : [];
  } finally {
    rmdirSync(folder);
  }
}

/** Making a group is one right, and moving processes into it another. */
function canEnter(folder: string): boolean {
  const words = ['-c', 'echo 0 > "$1/cgroup.procs"', 'baton-group', folder];
  return spawnSync('/bin/sh', words, { stdio: 'ignore', env: {} }).status === 0;
}

function readOwn(name: string): string {
  try {
    return readFileSync(`/proc/self/${name}`, 'utf8');
  } catch {
    return ''; // a system without them
  }
}
