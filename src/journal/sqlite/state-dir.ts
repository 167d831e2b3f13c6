/**
 * The state folder and its private files. Modes are set on the open file, whatever the umask says, and
 * every new file is created exclusively, so that nobody can lay a link where one will be written.
 */
import {
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  chmodSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { systemCode } from './disk-errors.ts';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** Where everything of a store lies. */
export interface StorePaths {
  dir: string;
  database: string;
  locks: string;
  artifacts: string;
  /** Given up on a full disk (`reserve.ts`). */
  reserve: string;
}

/** Names the parts of the store in `dir`. */
export function storePaths(dir: string): StorePaths {
  return {
    dir,
    database: join(dir, 'journal.db'),
    locks: join(dir, 'locks'),
    artifacts: join(dir, 'artifacts'),
    reserve: join(dir, 'reserve'),
  };
}

/** Makes the folders, private and ignoring themselves; safe to call on existing ones. */
export function ensureStateDir(paths: StorePaths): void {
  for (const folder of [paths.dir, paths.locks, paths.artifacts]) ensurePrivateFolder(folder);
  const ignore = join(paths.dir, '.gitignore');
  if (!existsSync(ignore)) createPrivateFile(ignore, '*\n');
}

/** A folder that only its owner can enter. */
export function ensurePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  chmodSync(folder, FOLDER_MODE);
}

/** Creates a file that must not exist yet, its content synced; false: somebody else has created it. */
export function createPrivateFile(path: string, content: string | Uint8Array): boolean {
  const file = openExclusively(path);
  if (file === null) return false;
  try {
    fchmodSync(file, FILE_MODE);
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    if (bytes.length > 0) fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return true;
}

function openExclusively(path: string): number | null {
  try {
    return openSync(path, 'wx', FILE_MODE);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return null;
    throw error;
  }
}

/** Makes a file's content, or the names in a folder, durable. Never for a database that is open in this process. */
export function syncFile(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
