/**
 * Keeps what setups install, by everything that decides it: an unchanged lockfile is not installed again. What is kept
 * is the overlay that the setup wrote, so that gates see it and cannot change it.
 */
import { randomUUID } from 'node:crypto';
import { access, lstat, mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../workspace/remove-tree.ts';
import { canBeNamed } from '../workspace/wall/overlays.ts';
import { bytesOf, walkFiles } from '../workspace/walk-files.ts';

const MAX_KEPT = 12;
const DAY_MS = 24 * 60 * 60_000;
const MAX_AGE_MS = 14 * DAY_MS;
/** Where yarn says where its packages are. */
const PNP = /^(?:\.pnp\.[\w.]+|\.yarn\/(?:cache|unplugged|install-state\.gz).*)$/u;

/** Folders that lie over a checkout and over the home of its gates. */
export interface Installed {
  root: string;
  /** null: what comes later needs nothing of it. */
  home: string | null;
}

export interface InstallCache {
  find(key: string): Promise<Installed | null>;
  /** Takes the folders to itself and says where they are now; the same ones where it cannot. `checkout`: what lies below. */
  keep(key: string, made: Installed, checkout: string): Promise<Installed>;
}

/** One folder per key below `dir`. What nobody used for two weeks goes, and beyond a dozen what was not used for a day. */
export function createInstallCache(dir: string): InstallCache {
  const open = async (key: string): Promise<Installed | null> => {
    const folder = join(dir, key);
    try {
      await utimes(folder, new Date(), new Date());
      const home = join(folder, 'home');
      return { root: join(folder, 'root'), home: (await exists(home)) ? home : null };
    } catch {
      return null; // Not there.
    }
  };
  return {
    find: open,
    async keep(key, made, checkout) {
      if (!canBeNamed(dir) || !(await holdsPackagesAlone(made.root, checkout))) return made;
      const temporary = join(dir, `.${key}.${randomUUID()}`);
      try {
        await mkdir(temporary, { recursive: true, mode: 0o700 });
        await rename(made.root, join(temporary, 'root'));
        if (made.home !== null) await rename(made.home, join(temporary, 'home'));
      } catch {
        return made; // Another file system or a full disk: it stays where it is, for this pass.
      }
      // Somebody else may have been first; then theirs is as good.
      await rename(temporary, join(dir, key)).catch(() => undefined);
      await forgetOld(dir);
      return (
        (await open(key)) ?? { root: join(temporary, 'root'), home: made.home && join(temporary, 'home') }
      );
    },
  };
}

/**
 * Whether an install wrote nothing but packages: what lies elsewhere was made from other files, and would lie over those
 * of another revision. Files that it touched and left as they are (npm does so with commands of workspaces) are let go.
 */
async function holdsPackagesAlone(root: string, checkout: string): Promise<boolean> {
  const entries = await walkFiles(root, ({ name }) => name !== 'node_modules');
  for (const { kind, path, name } of entries) {
    if (kind === 'directory' || name === 'node_modules' || PNP.test(path)) continue;
    if (kind !== 'file' || !(await isSame(bytesOf(root, path), bytesOf(checkout, path)))) return false;
    await rm(bytesOf(root, path));
  }
  return true;
}

async function isSame(one: Buffer, other: Buffer): Promise<boolean> {
  const [first, second] = await Promise.all([one, other].map((path) => lstat(path).catch(() => null)));
  if (!first?.isFile() || !second?.isFile() || first.mode !== second.mode) return false;
  return (await readFile(one)).equals(await readFile(other));
}

async function forgetOld(dir: string): Promise<void> {
  const names = await readdir(dir);
  const aged = await Promise.all(
    names.map(async (name) => ({
      name,
      age: Date.now() - ((await stat(join(dir, name)).catch(() => null))?.mtimeMs ?? 0),
    })),
  );
  const old = aged
    .toSorted((a, b) => a.age - b.age)
    .filter(({ age }, at) => age > (at < MAX_KEPT ? MAX_AGE_MS : DAY_MS));
  for (const { name } of old) await removeTree(join(dir, name)).catch(() => undefined);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
