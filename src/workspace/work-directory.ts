/** Where workspaces lie: below one directory, outside every repository. */
import { randomBytes } from 'node:crypto';
import { access, chmod, lstat, mkdir, realpath, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { BatonError } from '../core/errors.ts';
import { checkRunId, safeKey } from './safe-key.ts';

/** Makes the directory of a run and returns it without symlinks. Throws E_USAGE, and makes nothing, inside a repository. */
export async function openRunDirectory(workDir: string, runId: string): Promise<string> {
  const wanted = join(workDir, checkRunId(runId));
  const repository = await enclosingRepository(await nearestExisting(workDir));
  if (repository === null) {
    await mkdir(wanted, { recursive: true, mode: 0o700 });
    await claimDirectory(wanted);
    return realpath(wanted);
  }
  throw new BatonError({
    code: 'E_USAGE',
    message: `Workspaces would lie in ${workDir}, inside the repository ${repository}, where tools find the wrong modules and settings.`,
    fix: 'Set BATON_WORK to a directory outside of every repository.',
  });
}

/** What lies there may have been laid there by somebody else: a link is not followed, another's folder not used. */
async function claimDirectory(dir: string): Promise<void> {
  const found = await lstat(dir);
  const isOwn = found.isDirectory() && (process.getuid === undefined || found.uid === process.getuid());
  if (!isOwn)
    throw new BatonError({
      code: 'E_PATH_OUTSIDE',
      message: `${dir} is not a folder of yours: ${found.isSymbolicLink() ? 'it is a link' : 'somebody else made it'}.`,
      fix: 'Look who put it there and remove it; or set BATON_WORK to a folder that only you can write to.',
    });
  if ((found.mode & 0o777) !== 0o700) await chmod(dir, 0o700);
}

/** Where the workspace of a key lies. */
export function workspaceDirectory(runDirectory: string, key: string): string {
  return join(runDirectory, safeKey(key));
}

/** Gives an index file that does not exist yet, and removes it afterwards. */
export async function withScratchIndex<T>(
  runDirectory: string,
  use: (indexFile: string) => Promise<T>,
): Promise<T> {
  const indexFile = join(runDirectory, `.index-${randomBytes(6).toString('hex')}`);
  try {
    return await use(indexFile);
  } finally {
    await rm(indexFile, { force: true });
    await rm(`${indexFile}.lock`, { force: true });
  }
}

/** Refuses to touch anything that is not a workspace below the work directory. */
export async function checkWorkspacePath(workDir: string, dir: string): Promise<void> {
  const root = await realpath(workDir).catch(() => workDir);
  const inside = relative(root, dir);
  if (inside !== '' && !inside.startsWith('..') && !inside.startsWith(sep) && inside.split(sep).length === 2)
    return;
  throw new BatonError({
    code: 'E_PATH_OUTSIDE',
    message: `${dir} is no workspace below ${workDir}.`,
    fix: 'Nothing was removed. Remove it by hand if it is not needed.',
  });
}

async function enclosingRepository(dir: string): Promise<string | null> {
  for (let at = dir; ; at = dirname(at)) {
    const found = await access(join(at, '.git', 'HEAD')).then(
      () => true,
      () => false,
    );
    if (found) return at;
    if (at === dirname(at)) return null;
  }
}

/** The directory itself, or the closest one above it that is there; without symlinks. */
async function nearestExisting(dir: string): Promise<string> {
  const found = await realpath(dir).catch(() => null);
  return found ?? (dir === dirname(dir) ? dir : nearestExisting(dirname(dir)));
}
