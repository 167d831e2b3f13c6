/** The base's version of what one gate runs, in the revision's checkout, for as long as this gate runs. */
import { lstat, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { clearWay, restoreFile } from './gate-config-files.ts';

/** Puts the revision's own files back afterwards, however the work ended. `base`, `head`: roots of the two checkouts; `aside`: a folder that no gate of this repository looks at. */
export async function withProgramsOfBase<T>(
  options: { base: string; head: string; aside: string; paths: readonly string[] },
  work: () => Promise<T>,
): Promise<T> {
  const { base, head, aside, paths } = options;
  if (paths.length === 0) return work();
  const kept = await mkdtemp(join(aside, '.held-'));
  const moved = new Map<string, string>();
  try {
    for (const [at, path] of paths.entries()) {
      if (await isReached(head, path)) {
        await rename(join(head, path), join(kept, String(at)));
        moved.set(path, join(kept, String(at)));
      }
      await restoreFile(base, head, path);
    }
    return await work();
  } finally {
    for (const path of paths) {
      const own = moved.get(path);
      await clearWay(head, path);
      await rm(join(head, path), { recursive: true, force: true });
      if (own === undefined) continue;
      await mkdir(dirname(join(head, path)), { recursive: true });
      await rename(own, join(head, path));
    }
    await rm(kept, { recursive: true, force: true });
  }
}

/** Whether something lies there, without a link on the way that leads elsewhere. */
async function isReached(head: string, path: string): Promise<boolean> {
  const parts = path.split('/');
  for (let depth = 1; depth < parts.length; depth++) {
    const info = await lstat(join(head, ...parts.slice(0, depth))).catch(() => null);
    if (info === null || !info.isDirectory()) return false;
  }
  return (await lstat(join(head, path)).catch(() => null)) !== null;
}
