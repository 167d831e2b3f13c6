/** Removes what agents leave behind, also directories without rights; follows no symlink. */
import { execFile } from 'node:child_process';
import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** How often rights are given: what node still removes while it fails may change under us. */
const MAX_TRIES = 5;

/** Removes a directory with all that is in it; nothing there is fine. */
export async function removeTree(path: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await removeNow(path);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      // Deeper than a path can be long: `rm` goes down folder by folder and needs no whole path.
      if (code === 'ENAMETOOLONG') return void (await promisify(execFile)('rm', ['-rf', '--', path]));
      if ((code !== 'EACCES' && code !== 'EPERM') || tries === MAX_TRIES) throw error;
      await giveRights(path);
    }
  }
}

function removeNow(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 3 });
}

/** A package cache is often read-only: its directories need the owner's rights before they can be emptied. */
async function giveRights(path: string): Promise<void> {
  try {
    if (!(await lstat(path)).isDirectory()) return;
    await chmod(path, 0o700);
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (entry.isDirectory()) await giveRights(join(path, entry.name));
    }
  } catch (error) {
    // A removal that has failed goes on with what it had begun.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
