/** One writer of pull request records at a time, over all processes. The kernel frees the lock of a process that dies. */
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError } from '../../core/errors.ts';

const PATIENCE_MS = 5_000;

/** Runs `work`, which must not wait for anything, while no other process is in here. Throws E_HELD (retryable) after a while. */
export async function withForgeLock<T>(
  forgeDir: string,
  work: () => T,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  await mkdir(forgeDir, { recursive: true, mode: 0o700 });
  const file = join(forgeDir, 'lock.sqlite');
  await makePrivate(file);
  const { DatabaseSync } = await import('node:sqlite');
  const lock = new DatabaseSync(file, { timeout: patienceMs });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return work();
  } catch (error) {
    if (!/database is locked/.test((error as Error).message)) throw error;
    throw new BatonError({
      code: 'E_HELD',
      message: `Another process writes pull requests in ${forgeDir}.`,
      fix: 'Wait for it, or end it if it is stopped.',
      retryable: true,
      cause: error,
    });
  } finally {
    lock.close();
  }
}

/** SQLite would make it as the umask says. One that is there is not opened: closing it would free the locks of this process. */
async function makePrivate(path: string): Promise<void> {
  try {
    await using file = await open(path, 'wx', 0o600);
    await file.chmod(0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // open throws system errors
  }
}
