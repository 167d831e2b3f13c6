/** Which files say what a repository depends on, and what they say before and after a change. */
import { basename, dirname } from 'node:path/posix';
import { hashBytes } from '../../journal/hash.ts';
import type { Revision } from '../../core/results.ts';
import type { Workspaces } from '../../workspace/workspaces.ts';
import { readBunLock } from './lockfiles/bun.ts';
import { readGoSum } from './lockfiles/go.ts';
import { readPackageLock } from './lockfiles/npm.ts';
import { readPnpmLock } from './lockfiles/pnpm.ts';
import { readCargoLock, readPoetryLock, readUvLock } from './lockfiles/toml.ts';
import { readYarnLock } from './lockfiles/yarn.ts';
import { readCargoToml } from './manifests/cargo.ts';
import { readGoMod } from './manifests/go.ts';
import { readPackageJson } from './manifests/npm.ts';
import { readPnpmWorkspace } from './manifests/pnpm-workspace.ts';
import { readPyprojectPackages, readRequirements } from './manifests/python.ts';
import type { Lockfile, Manifest } from './packages.ts';

type Read<T> = (text: string, at: string) => T | null | Promise<T | null>;

export const MANIFESTS: Readonly<Record<string, { read: Read<Manifest>; locks: readonly string[] }>> = {
  'package.json': {
    read: readPackageJson,
    locks: ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock'],
  },
  'pnpm-workspace.yaml': { read: readPnpmWorkspace, locks: [] },
  'go.mod': { read: readGoMod, locks: ['go.sum'] },
  'Cargo.toml': { read: readCargoToml, locks: ['Cargo.lock'] },
  'pyproject.toml': { read: readPyprojectPackages, locks: ['poetry.lock', 'uv.lock'] },
  'requirements.txt': { read: readRequirements, locks: [] },
};
export const LOCKFILES: Readonly<Record<string, Read<Lockfile>>> = {
  'package-lock.json': readPackageLock,
  'npm-shrinkwrap.json': readPackageLock,
  'yarn.lock': readYarnLock,
  'pnpm-lock.yaml': readPnpmLock,
  'bun.lock': readBunLock,
  'go.sum': readGoSum,
  'Cargo.lock': readCargoLock,
  'poetry.lock': readPoetryLock,
  'uv.lock': readUvLock,
};
/** Files that pip reads, by whatever people call them. */
const REQUIREMENTS = /^(?:.*[-_.])?requirements(?:[-_.].*)?\.(?:txt|in)$/u;
const REQUIREMENTS_FOLDER = /(?:^|\/)requirements\/[^/]+\.(?:txt|in)$/u;
/** Installed packages and test data have manifests of their own, which nobody installs from. */
const NOT_OURS = /(?:^|\/)(?:node_modules|vendor|testdata|__fixtures__|fixtures)\//u;
/** A file of more is not read, and waits for a person: parsers take seconds for it. */
const MAX_BYTES = 8 * 1024 * 1024;
/** What was read of a text stays known: gates read the base's files again with every step. */
const MAX_KNOWN = 8;
const known = new WeakMap<object, Map<string, unknown>>();

/** `content` is null where there is no such file, `unread` where nobody can read it. */
export interface Side<T> {
  content: T | null;
  unread: boolean;
}

export interface PackageFile<T> {
  repo: string;
  path: string;
  /** Its folder; `''`: the repository's own. */
  folder: string;
  before: Side<T>;
  after: Side<T>;
}

export interface PackageFiles {
  manifests: PackageFile<Manifest>[];
  lockfiles: PackageFile<Lockfile>[];
}

/** The name by which a file is read; null: it is neither a manifest nor a lockfile. */
export function packageFileKind(path: string): string | null {
  if (NOT_OURS.test(path)) return null;
  const name = basename(path);
  if (MANIFESTS[name] !== undefined || LOCKFILES[name] !== undefined) return name;
  return REQUIREMENTS.test(name) || REQUIREMENTS_FOLDER.test(path) ? 'requirements.txt' : null;
}

export interface PackagesOrder {
  runId: string;
  from: Revision;
  to: Revision;
  changes: readonly { repo: string; path: string }[];
  workspaces: Pick<Workspaces, 'readFile'>;
}

/** What changed of manifests and lockfiles, sorted as the changes are. */
export async function readPackageFiles(order: PackagesOrder): Promise<PackageFiles> {
  const files: PackageFiles = { manifests: [], lockfiles: [] };
  for (const { repo, path } of order.changes) {
    const kind = packageFileKind(path);
    if (kind === null) continue;
    const manifest = MANIFESTS[kind];
    const lockfile = LOCKFILES[kind];
    if (manifest !== undefined) files.manifests.push(await readBoth(order, { repo, path }, manifest.read));
    if (lockfile !== undefined) files.lockfiles.push(await readBoth(order, { repo, path }, lockfile));
  }
  return files;
}

async function readBoth<T>(
  order: PackagesOrder,
  { repo, path }: { repo: string; path: string },
  read: Read<T>,
): Promise<PackageFile<T>> {
  const side = (at: Revision): Promise<Side<T>> => readSide(order, at, { repo, path }, read);
  return { repo, path, folder: folderOf(path), before: await side(order.from), after: await side(order.to) };
}

export async function readSide<T>(
  order: Pick<PackagesOrder, 'runId' | 'workspaces'>,
  at: Revision,
  { repo, path }: { repo: string; path: string },
  read: Read<T>,
): Promise<Side<T>> {
  const bytes = await order.workspaces.readFile(order.runId, at, repo, path);
  if (bytes === null) return { content: null, unread: false };
  if (bytes.length > MAX_BYTES) return { content: null, unread: true };
  const content = await readOnce(read, bytes, folderOf(path));
  return { content, unread: content === null };
}

async function readOnce<T>(read: Read<T>, bytes: Uint8Array, at: string): Promise<T | null> {
  const texts = known.get(read) ?? new Map<string, unknown>();
  known.set(read, texts);
  const key = `${at}\0${hashBytes(bytes)}`;
  const before = texts.get(key) as T | null | undefined; // what this reader made of the same text
  const content = before ?? (await read(new TextDecoder().decode(bytes), at));
  texts.delete(key);
  texts.set(key, content);
  const [oldest] = texts.keys();
  if (texts.size > MAX_KNOWN && oldest !== undefined) texts.delete(oldest);
  return content;
}

export function folderOf(path: string): string {
  const folder = dirname(path);
  return folder === '.' ? '' : folder;
}
