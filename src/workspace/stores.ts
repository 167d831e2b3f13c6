/**
 * The engine's own bare stores: one per repository of the user's, shared by all runs. What is worth keeping
 * is under `refs/baton/<run>/…` there.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { access, mkdir, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RepoBase } from '../core/records.ts';
import { BatonError } from '../core/errors.ts';
import { askGit, runGit } from './git.ts';
import { checkRunId, safeKey } from './safe-key.ts';
import { writeFileWhole } from './write-file.ts';

/** Which store holds which repository of a run; written when the run adopts them. */
type StoreNames = Record<string, string>;

/** The reference that keeps a run's base commit. */
export function baseRef(runId: string): string {
  return `refs/baton/${checkRunId(runId)}/base`;
}

/** The reference that keeps the commits of one key. */
export function keptRef(runId: string, key: string): string {
  return `refs/baton/${checkRunId(runId)}/${safeKey(key)}`;
}

/** Path of the store of a repository, as recorded when the run adopted it. */
export function storeOf(storeDir: string, runId: string, repo: string): string {
  const names = readStoreNames(storeDir, runId);
  const name = names?.[repo];
  if (name !== undefined) return join(storeDir, name);
  throw new BatonError({
    code: 'E_REPO',
    message: `Run ${runId} has no store for the repository ${repo}.`,
    fix: `See that ${storeDir} is the directory the run was started with.`,
  });
}

/** The stores of all repositories of a run. */
export function storesOf(storeDir: string, runId: string): string[] {
  return Object.values(readStoreNames(storeDir, runId) ?? {}).map((name) => join(storeDir, name));
}

/** Deletes every reference of the run in a store; git itself collects what nothing holds any more. */
export async function dropRefs(store: string, runId: string): Promise<number> {
  const prefix = `refs/baton/${checkRunId(runId)}/`;
  const refs = (await askGit({ gitDir: store, args: ['for-each-ref', '--format=%(refname)', prefix] }))
    .split('\n')
    .filter((ref) => ref !== '');
  const input = refs.map((ref) => `delete ${ref}\0\0`).join('');
  if (refs.length > 0) await runGit({ gitDir: store, args: ['update-ref', '-z', '--stdin'], input });
  return refs.length;
}

/** Forgets which stores a run has: nothing of it is asked for any more. */
export async function forgetStores(storeDir: string, runId: string): Promise<void> {
  await rm(runFile(storeDir, runId), { force: true });
}

/** Brings every base commit into its store and keeps it there. Safe to call again, also when the user's checkout has gone. */
export async function adoptRepositories(
  storeDir: string,
  runId: string,
  repos: readonly RepoBase[],
): Promise<void> {
  const known = readStoreNames(storeDir, runId);
  const names: StoreNames = {};
  for (const repo of repos) names[repo.name] = known?.[repo.name] ?? (await storeName(repo));
  await Promise.all(repos.map((repo) => adoptOne(join(storeDir, names[repo.name] ?? ''), runId, repo)));
  if (JSON.stringify(known) !== JSON.stringify(names))
    await writeFileWhole(runFile(storeDir, runId), JSON.stringify(names));
}

async function adoptOne(store: string, runId: string, repo: RepoBase): Promise<void> {
  const ref = baseRef(runId);
  if (await exists(store)) {
    const there = await runGit({
      gitDir: store,
      args: ['rev-parse', '--verify', '--quiet', ref],
      answers: [1],
    });
    if (there.stdout.toString('utf8').trim() === repo.commit) return;
  } else {
    await createStore(store, repo.path);
  }
  const quiet = [
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--update-shallow',
    '--no-show-forced-updates',
  ];
  await runGit({ gitDir: store, args: ['fetch', ...quiet, repo.path, `+${repo.commit}:${ref}`] });
  const tree = await askGit({ gitDir: store, args: ['rev-parse', '--verify', `${ref}^{tree}`] });
  if (tree === repo.tree) return;
  throw new BatonError({
    code: 'E_INTEGRITY',
    message: `The base commit ${repo.commit} of ${repo.name} holds the tree ${tree}, not ${repo.tree}.`,
    fix: 'Start a new run: the repository was changed under this one.',
  });
}

/** Made beside and renamed: of several runs that start at once, one makes it and the others use it. */
async function createStore(store: string, userPath: string): Promise<void> {
  const format = await askGit({ gitDir: null, cwd: userPath, args: ['rev-parse', '--show-object-format'] });
  const beside = `${store}.${randomBytes(6).toString('hex')}.tmp`;
  await mkdir(beside, { recursive: true, mode: 0o700 });
  await runGit({
    gitDir: beside,
    args: ['init', '--quiet', '--bare', '--template=', `--object-format=${format}`],
  });
  try {
    await rename(beside, store);
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    if (!(await exists(store))) throw error;
  }
}

/** By where it lies: two repositories with one name never share a store. */
async function storeName(repo: RepoBase): Promise<string> {
  const place = await realpath(repo.path).catch(() => repo.path);
  return `${repo.name}-${createHash('sha256').update(place).digest('hex').slice(0, 12)}.git`;
}

function runFile(storeDir: string, runId: string): string {
  return join(storeDir, 'runs', `${checkRunId(runId)}.json`);
}

function readStoreNames(storeDir: string, runId: string): StoreNames | null {
  let text: string;
  try {
    text = readFileSync(runFile(storeDir, runId), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return JSON.parse(text) as StoreNames; // written by this file only, whole or not at all
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
