/** Whether an agent left commits, branches, tags or a stash in its clone: read as plain files, never by git. */
import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { walkFiles } from './walk-files.ts';

const MAX_REF_BYTES = 1024 * 1024;

/** True also for a `.git` that was removed or replaced. Harmless: nothing of it is used. */
export async function hasOwnCommits(checkout: string, openedAt: string): Promise<boolean> {
  const gitDir = join(checkout, '.git');
  const found = await lstat(gitDir).catch(() => null);
  if (found?.isDirectory() !== true) return true;
  if ((await readSmallFile(join(gitDir, 'HEAD')))?.trim() !== 'ref: refs/heads/work') return true;
  if ((await readSmallFile(join(gitDir, 'packed-refs'))) !== null) return true;
  const refs = (await walkFiles(join(gitDir, 'refs'), () => true).catch(() => [])).filter(
    (entry) => entry.kind !== 'directory',
  );
  if (refs.length !== 1 || refs[0]?.path !== 'heads/work') return true;
  return (await readSmallFile(join(gitDir, 'refs/heads/work')))?.trim() !== openedAt;
}

/** null where there is no plain file. Neither follows a link nor waits on a pipe. */
async function readSmallFile(path: string): Promise<string | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    await using file = await open(path, flags);
    const stat = await file.stat();
    if (!stat.isFile() || stat.size > MAX_REF_BYTES) return '';
    return await file.readFile('utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === 'ENOENT' ? null : '';
  }
}
