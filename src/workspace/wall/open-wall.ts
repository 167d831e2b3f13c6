/** Finds out what wall this machine has, by trying it once. */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import type { Wall } from '../wall.ts';
import { createBubblewrapWall } from './bubblewrap.ts';

const TRIAL_TIMEOUT_MS = 10_000;
/** Fails unless the system is read-only and the process namespace is its own. */
const TRIAL_SCRIPT = 'test -r /proc/self/stat && test "$$" -lt 100 && ! touch /usr/.baton-wall 2>/dev/null';
const RISK = 'agents and gates run with your own rights and can read and change what you can';

export interface WallOptions {
  /** `auto` uses the wall of this machine if there is one that works. */
  mode: 'auto' | 'off';
  /** Folders that stay invisible even where one around them is readable: Baton's state, other runs' workspaces. */
  hidden?: string[];
  /** The caller's PATH, in which the program is looked for. */
  path: string;
}

/** A wall that was seen to work, or `off`; the notes say what people should know about it. */
export async function openWall(options: WallOptions): Promise<{ wall: Wall; notes: string[] }> {
  if (options.mode === 'off') return withoutWall(`No sandbox, as asked for: ${RISK}.`);
  if (process.platform !== 'linux') {
    return withoutWall(`There is no sandbox for ${process.platform} yet: ${RISK}.`);
  }
  const bwrap = findBubblewrap(options.path);
  if (bwrap === null) {
    return withoutWall(
      `bubblewrap is not installed: ${RISK}. Install it (\`apt install bubblewrap\`, \`dnf install bubblewrap\`, \`apk add bubblewrap\`).`,
    );
  }
  const wall = createBubblewrapWall({ bwrap, hidden: options.hidden ?? [] });
  const problem = await tryWall(wall);
  if (problem === null) return { wall, notes: [] };
  return withoutWall(
    `${bwrap} does not work here (${problem}): ${RISK}. It needs unprivileged user namespaces; in a container, allow them in its security profile.`,
  );
}

/** The wall that is none: commands run as they are. */
export const NO_WALL: Wall = { kind: 'off', wrap: ({ file, args }) => ({ file, args }) };

function withoutWall(note: string): { wall: Wall; notes: string[] } {
  return { wall: NO_WALL, notes: [note] };
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
