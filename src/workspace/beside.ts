/** What an agent left in its workspace where no repository is: nobody takes it for work unless it is told. */
import type { Workspace } from './workspaces.ts';
import { readablePath, walkFiles } from './walk-files.ts';

const MAX_NAMED = 20;

/** Files beside the repositories, at most MAX_NAMED of them. Folders with a dot are those of tools, `node_modules` is nobody's. */
export async function filesBeside({ dir, repos }: Workspace): Promise<string[]> {
  const own = new Set(repos.map(({ name }) => name));
  const entries = await walkFiles(
    dir,
    ({ path, name }) => !own.has(path) && !name.startsWith('.') && name !== 'node_modules',
  );
  return entries
    .filter(({ kind }) => kind !== 'directory')
    .map(({ path }) => readablePath(path))
    .sort()
    .slice(0, MAX_NAMED);
}
