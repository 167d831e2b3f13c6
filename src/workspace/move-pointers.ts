/** Moves pointers of submodules in a tree: nothing else of it changes, and no submodule is opened. */
import { askGit, runGit } from './git.ts';
import type { RepoRevision } from './revision.ts';
import { commitTree } from './snapshot.ts';
import { dateOf } from './squash.ts';

/** Where a submodule lies in its repository, and what it is to point at. */
export interface Pointer {
  path: string;
  commit: string;
}

/** What a submodule points at in a tree; null: there is none at this path. */
export async function readPointer(store: string, tree: string, path: string): Promise<string | null> {
  const entry = await askGit({ gitDir: store, args: ['ls-tree', '-z', '--full-tree', tree, '--', path] });
  return /^160000 commit ([0-9a-f]{40,64})\t/.exec(entry)?.[1] ?? null;
}

/** A path where the tree has no submodule is left as it is. The same input gives the same commit; a tree that stays the same keeps its own. */
export async function movePointers(options: {
  store: string;
  /** A file of the engine's that does not exist yet. */
  indexFile: string;
  repo: RepoRevision;
  pointers: readonly Pointer[];
  message: string;
  /** Keeps the result. */
  ref: string;
}): Promise<RepoRevision> {
  const { store, indexFile, repo, message, ref } = options;
  const git = (args: string[], input?: string): Promise<string> =>
    askGit({ gitDir: store, indexFile, args, ...(input === undefined ? {} : { input }) });
  await git(['read-tree', repo.tree]);
  const lines: string[] = [];
  for (const { path, commit } of options.pointers)
    if ((await readPointer(store, repo.tree, path)) !== null) lines.push(`160000 ${commit}\t${path}\0`);
  if (lines.length > 0) await git(['update-index', '-z', '--index-info'], lines.join(''));
  const tree = await git(['write-tree']);
  const epochSeconds = await dateOf(store, repo.commit);
  const commit =
    tree === repo.tree
      ? repo.commit
      : await commitTree({ store, tree, parents: [repo.commit], message, epochSeconds });
  await runGit({ gitDir: store, args: ['update-ref', ref, commit] });
  return { name: repo.name, commit, tree };
}
