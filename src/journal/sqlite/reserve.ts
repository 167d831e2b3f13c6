/** A file of nothing beside the database: given back on a full disk, it leaves room to say that the disk is full. */
import { existsSync, rmSync } from 'node:fs';
import { createPrivateFile } from './state-dir.ts';
import type { StorePaths } from './state-dir.ts';

/** Room for a few small transactions and for SQLite's shared memory. */
const RESERVE_BYTES = 256 * 1024;

/** Puts the reserve there, where there is room for it; also after it was used. */
export function keepReserve(paths: StorePaths): void {
  if (existsSync(paths.reserve)) return;
  try {
    createPrivateFile(paths.reserve, Buffer.alloc(RESERVE_BYTES));
  } catch {
    // A reserve is no condition for anything: the disk may be as full as when it was last used.
    rmSync(paths.reserve, { force: true });
  }
}

/** Gives its room back to the disk. */
export function giveReserve(paths: StorePaths): void {
  rmSync(paths.reserve, { force: true });
}
