/**
 * What one process of an invocation may take of the machine. The wall holds it by limits of the kernel that every process
 * inherits and none can raise; programs of util-linux set them, since Node cannot. What all share is in `control-group.ts`.
 */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { groupPlaces } from './control-group.ts';

/** Processes and threads of one invocation. */
const MAX_PROCESSES = 4_096;
const MAX_OPEN_FILES = 65_536;
const MAX_FILE_BYTES = 16 * 1024 ** 3;
/** Of the machine's memory, for files in each folder that lies in memory. */
const MEMORY_FOR_FILES = 1 / 8;
/** The kernel ends processes with more points first, where memory runs out: agents, and not the engine. */
const MEMORY_POINTS = 500;

const FOLDERS = ['/usr/bin', '/bin'];

export interface WallLimits {
  /** Stand in front of the command; each runs the next. */
  words: string[];
  /** Of `/tmp` and of `/dev/shm`. */
  memoryFileBytes: number;
  /** What is not limited here, and why, in sentences. */
  missing: string[];
}

/** The limits that this machine can set. */
export function findLimits(): WallLimits {
  const [prlimit, choom] = [findProgram('prlimit'), findProgram('choom')];
  return {
    words: [...(prlimit === null ? [] : [prlimit, ...resourceWords(), '--']), ...memoryWords()],
    memoryFileBytes: Math.round(totalmem() * MEMORY_FOR_FILES),
    missing: [
      ...(prlimit === null
        ? ['prlimit is not installed: processes, open files and file sizes are not limited behind the wall.']
        : []),
      ...(choom === null
        ? ['choom is not installed: where memory runs out, the kernel may end Baton before an agent.']
        : []),
      ...withoutGroups(),
    ],
  };
}

/** What no control group limits, and how to get one. */
function withoutGroups(): string[] {
  const held = new Set(groupPlaces().flatMap(({ holds }) => holds));
  const isUnbounded = process.getuid?.() === 0 && !held.has('processes');
  return [
    ...(held.has('memory')
      ? []
      : [
          `The memory of an invocation is not limited: no control group can be made here. ${adviseOnGroups()}`,
        ]),
    ...(isUnbounded
      ? ['The kernel limits the number of processes for ordinary users only, and this is root.']
      : []),
  ];
}

/** The most likely way on this machine. */
function adviseOnGroups(): string {
  if (existsSync('/.dockerenv') || existsSync('/run/.containerenv'))
    return 'Limit the container as a whole (`--memory`, `--pids-limit`).';
  return existsSync('/run/systemd/system')
    ? 'Start Baton with `systemd-run --user --scope`, which gives its processes groups of their own.'
    : 'Start Baton in control groups of memory and pids that belong to its user.';
}

function resourceWords(): string[] {
  const files = Math.min(MAX_OPEN_FILES, hardLimitOf('Max open files'));
  return [
    `--nproc=${Math.min(MAX_PROCESSES, hardLimitOf('Max processes'))}`,
    `--nofile=${files}`,
    `--fsize=${Math.min(MAX_FILE_BYTES, hardLimitOf('Max file size'))}`,
    '--core=0',
  ];
}

/** Asking for more than one has is refused. */
function hardLimitOf(name: string): number {
  const line = readOwn('limits')
    .split('\n')
    .find((each) => each.startsWith(name));
  const value = Number(line?.slice(name.length).trim().split(/\s+/)[1]);
  return Number.isNaN(value) ? Infinity : value;
}

/** Stand in front of any agent's command, also without a wall: the kernel ends it before the engine. */
export function memoryWords(): string[] {
  const choom = findProgram('choom');
  return choom === null ? [] : [choom, '-n', String(memoryPoints()), '--'];
}

/** Points can only rise without rights. */
function memoryPoints(): number {
  const own = Number(readOwn('oom_score_adj'));
  return Number.isNaN(own) ? MEMORY_POINTS : Math.max(own, MEMORY_POINTS);
}

function readOwn(name: string): string {
  try {
    return readFileSync(`/proc/self/${name}`, 'utf8');
  } catch {
    return ''; // a system that does not say: then the usual is asked for
  }
}

function findProgram(name: string): string | null {
  for (const folder of FOLDERS) {
    try {
      accessSync(`${folder}/${name}`, constants.X_OK);
      return `${folder}/${name}`;
    } catch {
      // absent here
    }
  }
  return null;
}
