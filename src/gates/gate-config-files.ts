/**
 * The files that decide what a gate checks. A revision that changes them would grade itself, so gates
 * run with those of the base, whatever the revision holds.
 */
import { copyFile, lstat, mkdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { matchesGlob } from '../core/conditions/glob.ts';

/** Globs without a slash hold in every folder. */
const GATE_CONFIG_GLOBS: readonly string[] = [
  'tsconfig*.json',
  'jsconfig*.json',
  'vitest.config.*',
  'vitest.workspace.*',
  'vitest.projects.*',
  'vite.config.*',
  'jest.config.*',
  'babel.config.*',
  '.babelrc*',
  '.swcrc',
  '.mocharc*',
  'ava.config.*',
  '.taprc',
  'playwright.config.*',
  'cypress.config.*',
  '.eslintrc*',
  'eslint.config.*',
  '.eslintignore',
  '.oxlintrc*',
  '.oxfmtrc*',
  'biome.json*',
  '.prettierrc*',
  '.prettierignore',
  '.nycrc*',
  '.c8rc*',
  '.npmrc',
  '.yarnrc*',
  '.pnpmfile.*',
  '.nvmrc',
  '.node-version',
  '.tool-versions',
  'bunfig.toml',
  'node.config.json',
  'turbo.json',
  'nx.json',
  '.env',
  '.env.*',
  'pytest.ini',
  '.pytest.ini',
  'tox.ini',
  'noxfile.py',
  'mypy.ini',
  '.mypy.ini',
  'pyrightconfig.json',
  'ruff.toml',
  '.ruff.toml',
  '.flake8',
  '.coveragerc',
  'sitecustomize.py',
  '.golangci.*',
  'Makefile',
  'makefile',
  'GNUmakefile',
  'justfile',
  '.justfile',
  'Justfile',
  'Taskfile.*',
  '.cargo/config*',
  'rust-toolchain*',
  'clippy.toml',
  '.rspec',
  '.rubocop.yml',
  'phpunit.xml*',
  '**/node_modules/**',
];

/** Parts of a package.json that steer gates; the rest (dependencies, entry points) belongs to the revision. */
const PACKAGE_SECTIONS = [
  'scripts',
  'jest',
  'vitest',
  'mocha',
  'ava',
  'tap',
  'c8',
  'nyc',
  'babel',
  'swc',
  'eslintConfig',
  'eslintIgnore',
  'prettier',
  'xo',
  'tsd',
  'ts-node',
  'config',
  'packageManager',
  'devEngines',
] as const;

/** A gate's configuration that the revision changed; the gates ran with the base's. */
export interface ConfigChange {
  path: string;
  /** What of it: sections of a package.json, or null for the whole file. */
  sections: string[] | null;
}

/** Whether a changed file steers gates as a whole. */
export function isGateConfig(path: string): boolean {
  return GATE_CONFIG_GLOBS.some((glob) => matchesGlob(glob, path));
}

/** Whether a change needs a look at the base. */
export function mayHoldGateConfig(path: string): boolean {
  return isGateConfig(path) || isPackageFile(path);
}

export const isPackageFile = (path: string): boolean =>
  path === 'package.json' || path.endsWith('/package.json');

/** Puts the base's gate configuration into a checkout of the revision, and says what differed. */
export async function restoreGateConfig(options: {
  base: string;
  head: string;
  changes: readonly { path: string }[];
}): Promise<ConfigChange[]> {
  const restored: ConfigChange[] = [];
  for (const { path } of options.changes) {
    if (isGateConfig(path)) {
      await restoreFile(options.base, options.head, path);
      restored.push({ path, sections: null });
    } else if (isPackageFile(path)) {
      const sections = await restoreSections(options.base, options.head, path);
      if (sections === null || sections.length > 0) restored.push({ path, sections });
    }
  }
  return restored;
}

async function restoreFile(base: string, head: string, path: string): Promise<void> {
  const target = join(head, path);
  await clearWay(head, path);
  await rm(target, { recursive: true, force: true });
  const info = await lstat(join(base, path)).catch(() => null);
  if (info === null) return;
  await mkdir(dirname(target), { recursive: true });
  if (info.isSymbolicLink()) await symlink(await readlink(join(base, path)), target);
  else if (info.isFile()) await copyFile(join(base, path), target);
}

/** A folder of the base that the revision turned into a link or a file would lead the restored file elsewhere. */
export async function clearWay(head: string, path: string): Promise<void> {
  const parts = path.split('/').slice(0, -1);
  for (let depth = 1; depth <= parts.length; depth++) {
    const folder = join(head, ...parts.slice(0, depth));
    const info = await lstat(folder).catch(() => null);
    if (info !== null && !info.isDirectory()) await rm(folder, { force: true });
  }
}

type Json = Record<string, unknown>;

/** The names of the sections that differed; null: the whole file, because the revision's cannot be read. */
async function restoreSections(base: string, head: string, path: string): Promise<string[] | null> {
  const before = await readJson(join(base, path));
  const after = await readJson(join(head, path));
  const deleted = after === null && (await lstat(join(head, path)).catch(() => null)) === null;
  if (deleted && before === null) return [];
  if (after === null) {
    await restoreFile(base, head, path);
    return null;
  }
  const names = differentSections(before, after);
  if (names.length === 0) return [];
  await clearWay(head, path);
  await writeFile(join(head, path), `${JSON.stringify(withSections(after, before ?? {}, names), null, 2)}\n`);
  return names;
}

function differentSections(before: Json | null, after: Json): (typeof PACKAGE_SECTIONS)[number][] {
  return PACKAGE_SECTIONS.filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after[name]));
}

/** Whether a package.json differs from the base's in what steers gates. null: the file is not there. */
export function steersGates(before: Uint8Array | null, after: Uint8Array | null): boolean {
  if (after === null) return before !== null;
  const read = parseJson(after);
  return read === null || differentSections(before === null ? null : parseJson(before), read).length > 0;
}

function withSections(after: Json, before: Json, names: readonly string[]): Json {
  const merged = { ...after };
  for (const name of names) {
    if (before[name] === undefined) delete merged[name];
    else merged[name] = before[name];
  }
  return merged;
}

/** null for what is absent, a link, or no JSON object. */
async function readJson(file: string): Promise<Json | null> {
  try {
    return (await lstat(file)).isFile() ? parseJson(await readFile(file)) : null;
  } catch {
    return null; // The caller takes the base's file instead.
  }
}

function parseJson(bytes: Uint8Array): Json | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null; // an object of JSON has string keys
  } catch {
    return null; // It steers whatever reads it otherwise.
  }
}
