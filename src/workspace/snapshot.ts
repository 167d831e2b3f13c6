/**
 * Measures what an agent left in a checkout. Git runs with the engine's own git directory and index and sees
 * the checkout as plain files: whatever the agent did to its `.git` counts for nothing.
 */
import { lstat, realpath } from 'node:fs/promises';
import { askGit, runGit } from './git.ts';
import { commitDates } from './git-environment.ts';
import { findExcess, listCheckout, type ChangeLimits, type Excess } from './change-size.ts';
import { treeChanges, type TreeChange } from './changes.ts';
import type { Signing } from './signing.ts';
import { findRefusedNames } from './refused-names.ts';
import { findRefusedChanges, findUnsafeEntries, walkCheckout, type RefusedPath } from './refused-paths.ts';
import { findSecretFiles, type FindSecrets } from './secret-files.ts';
import { encodingProblem, findEncodingsWithoutValue } from './tree-encodings.ts';
import { readablePath, type Entry } from './walk-files.ts';

export interface Measured {
  tree: string;
  changes: TreeChange[];
  refused: RefusedPath[];
  /** Too much to be looked at further; null: it is not. */
  excess: Excess | null;
}

interface Place {
  store: string;
  repo: string;
  checkout: string;
  /** A file of the engine's that does not exist yet. */
  indexFile: string;
}

/** The tree of what is there now, and how it differs from the base. With anything refused, or too much, the tree is the base's. */
export async function measureCheckout(
  place: Place,
  baseTree: string,
  { limits, findSecrets }: { limits: ChangeLimits; findSecrets?: FindSecrets },
): Promise<Measured> {
  const misplaced = await checkoutProblem(place.checkout);
  if (misplaced !== null) return refuse(baseTree, [{ path: '.', problem: misplaced }]);
  await git(place, ['read-tree', baseTree]);
  const entries = await walkCheckout(place.checkout);
  const unsafe = await findUnsafeEntries({ ...place, entries });
  if (unsafe.length > 0) return refuse(baseTree, unsafe);
  const files = await listCheckout(place, limits.maxNewFiles);
  const excess = await findExcess(place, baseTree, files, limits);
  if (excess !== null || files === null) return { ...refuse(baseTree, []), excess };
  // Git stores what it adds: a secret has to be seen before.
  const secret =
    findSecrets === undefined
      ? []
      : await findSecretFiles(place, { baseTree, added: files.added }, findSecrets);
  if (secret.length > 0) return refuse(baseTree, secret);
  const unstorable = await addEverything(place);
  if (unstorable.length > 0) return refuse(baseTree, unstorable);
  const tree = await git(place, ['write-tree']);
  const changes = await treeChanges({ store: place.store, repo: place.repo, from: baseTree, to: tree });
  const refused = [
    ...(await findRefusedChanges(place.checkout, changes)),
    ...findRefusedNames(files.known, changes),
    ...(await findEncodingsWithoutValue(place.checkout, changes)),
    ...(await filesInSubmodules(place, entries)),
  ];
  return refused.length > 0 ? refuse(baseTree, refused) : { tree, changes, refused: [], excess: null };
}

/** Stores a tree as a commit of the engine's and keeps it under a reference. An unchanged tree keeps its commit. */
export async function keepTree(options: {
  store: string;
  base: { commit: string; tree: string };
  tree: string;
  message: string;
  ref: string;
  epochSeconds: number;
}): Promise<string> {
  const { store, base, tree, ref } = options;
  const commit =
    tree === base.tree
      ? base.commit
      : await commitTree({
          store,
          tree,
          parents: [base.commit],
          message: options.message,
          epochSeconds: options.epochSeconds,
        });
  await runGit({ gitDir: store, args: ['update-ref', ref, commit] });
  return commit;
}

/** A commit of the engine's: the same input gives the same commit. */
export function commitTree(options: {
  store: string;
  tree: string;
  parents: readonly string[];
  message: string;
  epochSeconds: number;
  /** Whose it is; left out: the engine's. */
  env?: Readonly<Record<string, string>>;
  signing?: Signing;
}): Promise<string> {
  const { signing } = options;
  const parents = options.parents.flatMap((parent) => ['-p', parent]);
  return askGit({
    gitDir: options.store,
    args: ['commit-tree', ...(signing === undefined ? [] : ['-S']), ...parents, '-F', '-', options.tree],
    input: options.message,
    env: { ...commitDates(options.epochSeconds), ...options.env, ...signing?.env },
    ...(signing === undefined ? {} : { timeoutMs: signing.timeoutMs }),
  });
}

function git(place: Place, args: string[]): Promise<string> {
  return askGit({ gitDir: place.store, workTree: place.checkout, indexFile: place.indexFile, args });
}

function refuse(baseTree: string, refused: RefusedPath[]): Measured {
  return { tree: baseTree, changes: [], refused, excess: null };
}

/** An agent can replace its checkout by a link to anything. */
async function checkoutProblem(checkout: string): Promise<string | null> {
  const found = await lstat(checkout).catch(() => null);
  if (found === null) return 'the checkout is gone';
  if (!found.isDirectory()) return 'the checkout was replaced by something else';
  return (await realpath(checkout)) === checkout ? null : 'the checkout lies behind a symlink';
}

/** Names that git keeps out of every tree, and encodings that files are not in, are the agent's fault and no failure of git. */
async function addEverything(place: Place): Promise<RefusedPath[]> {
  const { store, checkout, indexFile } = place;
  try {
    await runGit({ gitDir: store, workTree: checkout, indexFile, args: ['add', '--all', '--', '.'] });
    return [];
  } catch (error) {
    const path = /invalid path '([^'\n]*)'/i.exec((error as Error).message)?.[1];
    if (path !== undefined) return [{ path, problem: 'has a name that git refuses' }];
    const encoding = encodingProblem((error as Error).message);
    if (encoding === null) throw error;
    return [encoding];
  }
}

/** Git does not look into a submodule's directory: files there would be lost in silence. */
async function filesInSubmodules(place: Place, entries: readonly Entry[]): Promise<RefusedPath[]> {
  if (!entries.some((entry) => entry.path === '.gitmodules')) return [];
  const staged = await runGit({
    gitDir: place.store,
    indexFile: place.indexFile,
    args: ['ls-files', '-z', '--stage'],
  });
  const submodules = staged.stdout
    .toString('latin1')
    .split('\0')
    .filter((line) => line.startsWith('160000 '))
    .map((line) => `${line.slice(line.indexOf('\t') + 1)}/`);
  return entries
    .filter((entry) => submodules.some((submodule) => entry.path.startsWith(submodule)))
    .map((entry) => ({ path: readablePath(entry.path), problem: 'lies inside a submodule' }));
}
