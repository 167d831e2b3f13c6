/** Finds out what wall this machine has, by trying it once. */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import type { Wall } from '../wall.ts';
import { createBubblewrapWall } from './bubblewrap.ts';
import { notForThisSystem, notInstalled, notWorking, readMachineFacts, type WallLack } from './wall-lack.ts';
import { findLimits } from './wall-limits.ts';

const TRIAL_TIMEOUT_MS = 10_000;
/** Fails unless the system is read-only and the process namespace is its own. */
const TRIAL_SCRIPT = 'test -r /proc/self/stat && test "$$" -lt 100 && ! touch /usr/.baton-wall 2>/dev/null';
const UNBOUNDED_FILES = 'This bubblewrap is older than 0.7: files in /tmp can fill up half of the memory.';
export const RISK = 'agents and gates run with your own rights and can read and change what you can';

export interface WallOptions {
  /** `auto` uses the wall of this machine if there is one that works. */
  mode: 'auto' | 'off';
  /** Folders and files that stay invisible even where a folder around them is readable: Baton's state, the key that it signs with. */
  hidden?: string[];
  /** The caller's PATH, in which the program is looked for. */
  path: string;
}

/** `lack` says why there is none, where one was looked for. */
export interface OpenedWall {
  wall: Wall;
  /** What people should know about it, in sentences. */
  notes: string[];
  lack: WallLack | null;
  /** What an invocation may take without a limit, in sentences. */
  unlimited: string[];
}

/** A wall that was seen to work, or `off`. */
export async function openWall(options: WallOptions): Promise<OpenedWall> {
  const { mode, path, hidden = [] } = options;
  if (mode === 'off')
    return { wall: NO_WALL, notes: [`No sandbox, as asked for: ${RISK}.`], lack: null, unlimited: [] };
  if (process.platform !== 'linux') return withoutWall(notForThisSystem(process.platform));
  const bwrap = findBubblewrap(path);
  if (bwrap === null) return withoutWall(notInstalled(readMachineFacts(path)));
  const limits = findLimits();
  const wall = createBubblewrapWall({ bwrap, hidden, limits, boundsMemoryFiles: true });
  const problem = await tryWall(wall);
  if (problem === null) return { wall, notes: [], lack: null, unlimited: limits.missing };
  if (!problem.includes('--size')) return withoutWall(notWorking(bwrap, problem, readMachineFacts(path)));
  const older = createBubblewrapWall({ bwrap, hidden, limits, boundsMemoryFiles: false });
  const still = await tryWall(older);
  if (still !== null) return withoutWall(notWorking(bwrap, still, readMachineFacts(path)));
  return { wall: older, notes: [], lack: null, unlimited: [...limits.missing, UNBOUNDED_FILES] };
}

/** The wall that is none: commands run as they are. */
export const NO_WALL: Wall = { kind: 'off', wrap: ({ file, args }) => ({ file, args }) };

function withoutWall(lack: WallLack): OpenedWall {
  const note = `${capitalized(lack.problem)}: ${RISK}. ${lack.fix}`;
  return { wall: NO_WALL, notes: [note], lack, unlimited: [] };
}

function capitalized(text: string): string {
  return text.startsWith('/') ? text : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function findBubblewrap(path: string): string | null {
  const folders = path.split(':').filter((folder) => isAbsolute(folder));
  return folders.map((folder) => join(folder, 'bwrap')).find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // absent or not for us: the next folder is looked at
  }
}

/** What is wrong with it, in its own words; null: it works. */
async function tryWall(wall: Wall): Promise<string | null> {
  const command = { file: '/bin/sh', args: ['-c', TRIAL_SCRIPT], cwd: '/', readable: [], writable: [] };
  const { file, args } = wall.wrap({ ...command, network: false });
  try {
    await promisify(execFile)(file, args, { timeout: TRIAL_TIMEOUT_MS, env: {} });
    return null;
  } catch (error) {
    return lastLine(error) ?? 'it did not keep the system read-only';
  }
}

function lastLine(error: unknown): string | null {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  return stderr.trim().split('\n').at(-1)?.slice(0, 200) || null;
}
