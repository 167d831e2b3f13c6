/**
 * Keeps what setups install, by everything that decides it: an unchanged lockfile is not installed again. What is kept
 * is the overlay that the setup wrote, so that gates see it and cannot change it.
 */
import { randomUUID } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { GateCommand } from '../definitions/config.ts';
import { asObject } from '../core/json.ts';
import { hashBytes } from '../journal/hash.ts';
import { removeTree } from '../workspace/remove-tree.ts';
import { canBeNamed } from '../workspace/wall/overlays.ts';
import { walkFiles } from '../workspace/walk-files.ts';
import { cacheKey } from './result-cache.ts';

const MAX_KEPT = 12;
const DAY_MS = 24 * 60 * 60_000;
const MAX_AGE_MS = 14 * DAY_MS;

/** Folders that lie over a checkout and over the home of its gates. */
export interface Installed {
  root: string;
  /** null: what comes later needs nothing of it. */
  home: string | null;
}

export interface InstallCache {
  find(key: string): Promise<Installed | null>;
  /** Takes the folders to itself and says where they are now; the same ones where it cannot. */
  keep(key: string, made: Installed): Promise<Installed>;
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
    async keep(key, made) {
      if (!canBeNamed(dir)) return made;
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

/** Commands that install and do nothing else, and whether what they put into the home is needed afterwards. */
const INSTALLERS: Readonly<Record<string, { words: readonly string[]; home: boolean }>> = {
  npm: { words: ['ci', 'install', 'i'], home: false },
  pnpm: { words: ['install', 'i'], home: false },
  yarn: { words: ['install'], home: true },
  bun: { words: ['install', 'i'], home: false },
  go: { words: ['mod'], home: true },
};
/** What decides an install that runs no scripts. */
const INPUTS =
  /^(?:package\.json|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|pnpm-workspace\.yaml|\.pnpmfile\.c?js|yarn\.lock|bun\.lockb?|bunfig\.toml|\.npmrc|\.yarnrc(?:\.yml)?|go\.(?:mod|sum|work|work\.sum))$/u;
const OWN_SCRIPTS = [
  'preinstall',
  'install',
  'postinstall',
  'prepublish',
  'preprepare',
  'prepare',
  'postprepare',
];

export interface Install {
  key: string;
  keepsHome: boolean;
}

/**
 * Names all that decides what this setup installs: manifests and lockfiles, or the whole tree where scripts run that
 * may read it. null: this command does more than install, or says nothing that could be relied on.
 */
export async function planInstall(options: {
  setup: GateCommand;
  /** The checkout as it is when the setup starts. */
  root: string;
  module: string;
  /** Names everything that the checkout holds. */
  contents: string;
  environment: Readonly<Record<string, string | undefined>>;
}): Promise<Install | null> {
  const { setup, root, module, contents, environment } = options;
  const [program = '', word = '', ...rest] = setup.command;
  const installer = INSTALLERS[program];
  if (setup.shell || installer === undefined || !installer.words.includes(word)) return null;
  if (program === 'go' && rest[0] !== 'download') return null;
  const files = await readInputs(root);
  const isPure =
    program === 'go' || rest.includes('--ignore-scripts') || (program === 'npm' && runsNoScripts(files));
  const env = setup.env.map((name) => [name, hashBytes(environment[name] ?? '')]);
  const where = {
    command: setup.command,
    module,
    env,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
  const key = cacheKey({ what: 'install', ...where, decides: isPure ? hashAll(files) : contents });
  return { key, keepsHome: installer.home };
}

async function readInputs(root: string): Promise<Map<string, Buffer>> {
  const entries = await walkFiles(root, ({ name }) => name !== 'node_modules' && name !== '.git');
  const found = entries.filter(
    ({ kind, name, path }) => kind === 'file' && (INPUTS.test(name) || isPatch(path)),
  );
  return new Map(
    await Promise.all(
      found.map(async ({ path }): Promise<[string, Buffer]> => [path, await readFile(join(root, path))]),
    ),
  );
}

/** Of packages, and package managers that a repository brings. */
const isPatch = (path: string): boolean => /^(?:.*\/)?(?:patches|\.yarn)\//u.test(path);

function hashAll(files: Map<string, Buffer>): string[] {
  return [...files].map(([path, bytes]) => `${path} ${hashBytes(bytes)}`).sort();
}

/** npm's own lockfile says which packages have scripts; a manifest says which the repository has. */
function runsNoScripts(files: Map<string, Buffer>): boolean {
  const locks = [...files.keys()].filter((path) =>
    /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/u.test(path),
  );
  if (locks.length === 0) return false;
  return [...files].every(([path, bytes]) => {
    const text = bytes.toString();
    if (locks.includes(path))
      return !/"hasInstallScript":\s*true/u.test(text) && !/"resolved":\s*"file:/u.test(text);
    if (!path.endsWith('package.json')) return true;
    const scripts = scriptsOf(text);
    return scripts !== null && !OWN_SCRIPTS.some((name) => name in scripts);
  });
}

function scriptsOf(manifest: string): object | null {
  try {
    return asObject(asObject(JSON.parse(manifest))['scripts']);
  } catch {
    return null;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
