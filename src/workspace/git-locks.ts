/** Git's lock files: who waits for one, and when one was left behind by a git that was killed. */
import { rm, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';

/** A reference is locked for milliseconds; a lock of that age has no owner any more. */
const STALE_LOCK_MS = 10_000;

/** Whether git gave up because another git holds a lock file. A reference that moved meanwhile is no contention. */
export function isLockContention(stderr: string): boolean {
  return /\.lock': File exists|could not lock config file [^\n]*: File exists/.test(stderr);
}

/** Removes the lock that `stderr` names if it guards a reference of the engine's own store and is older than any live one. */
export async function removeStaleLock(stderr: string, gitDir: string): Promise<boolean> {
  const path = /'([^'\n]+\.lock)': File exists/.exec(stderr)?.[1];
  if (path === undefined) return false;
  const lock = resolve(gitDir, path);
  const guardsReference =
    lock.startsWith(resolve(gitDir, 'refs') + sep) || lock === resolve(gitDir, 'packed-refs.lock');
  if (!guardsReference) return false;
  const found = await stat(lock).catch(() => null);
  if (found === null || Date.now() - found.mtimeMs < STALE_LOCK_MS) return false;
  await rm(lock, { force: true });
  return true;
}

/** Waits without holding the process alive for anything else. */
export function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
