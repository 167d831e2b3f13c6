/**
 * An exclusive lock between processes that the kernel frees at death: an SQLite transaction on a file
 * that stays empty. It is seen from other pid namespaces too, where a pid means nothing.
 */
import { pathToFileURL } from 'node:url';
import type { DatabaseSync } from 'node:sqlite';
import { isBusy } from './disk-errors.ts';
import { loadSqlite } from './load.ts';
import { createPrivateFile } from './state-dir.ts';

/** Long enough for somebody who only looks whether the lock is free, short enough to block the event loop. */
const LOOK_MS = 10;

/** A lock that is held until `release()` or the end of the process. */
export interface ExclusiveLock {
  release(): void;
}

/** Takes the lock; null: another one has it. Waits at most `waitMs`, without giving way to other work. */
export async function tryLock(path: string, waitMs: number = LOOK_MS): Promise<ExclusiveLock | null> {
  createPrivateFile(path, '');
  const db = await openLockFile(path, false);
  try {
    // In memory, or SQLite would lay a journal of its own on the disk for a file that stays empty.
    db.exec(`PRAGMA busy_timeout = ${waitMs}; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE`);
  } catch (error) {
    db.close();
    if (isBusy(error)) return null;
    throw error;
  }
  return { release: () => closeOnce(db) };
}

/** Whether somebody holds the lock now; looking takes it from nobody. */
export async function isLocked(path: string): Promise<boolean> {
  const db = await openLockFile(path, true);
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    db.close();
  }
}

// The file is opened by SQLite alone: if this process opened and closed it by itself, the kernel would
// drop the lock that a connection of the same process has on it.
async function openLockFile(path: string, readOnly: boolean): Promise<DatabaseSync> {
  const { DatabaseSync } = await loadSqlite();
  return new DatabaseSync(`${pathToFileURL(path).href}?mode=${readOnly ? 'ro' : 'rw'}`, { readOnly });
}

function closeOnce(db: DatabaseSync): void {
  if (db.isOpen) db.close();
}
