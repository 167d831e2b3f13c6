/**
 * Takes a change back as people will: by `git revert`, in a scratch clone of the engine's store. What comes out has to be
 * the base, tree by tree, which is names, bytes and modes at once.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { treeChanges, type TreeChange } from './changes.ts';
import { askGit, runGit } from './git.ts';
import { commitTree } from './snapshot.ts';
import type { RepoRevision } from './revision.ts';

/** How the change may have come to the base branch: as its one commit, or by a merge commit beside it. */
type RevertWay = 'commit' | 'merge';

export interface RevertTried {
  repo: string;
  /** Why it did not come back to the base; null: it did. */
  ways: { way: RevertWay; problem: string | null }[];
  /** What a revert leaves to others, in sentences. */
  leaves: string[];
}

const MODE_SUBMODULE = '160000';
const NO_SYNC = ['-c', 'core.fsync=none'];
const MAX_NAMED = 5;

/** `dir`: a folder that is not there yet; its owner removes it. */
export async function rehearseRevert(options: {
  store: string;
  dir: string;
  base: RepoRevision;
  head: RepoRevision;
}): Promise<RevertTried> {
  const { store, dir, base, head } = options;
  const clone = await openScratchClone(store, dir, base.commit.length);
  const change = await scratchCommit(clone, head.tree, [base.commit]);
  const merge = await scratchCommit(clone, head.tree, [base.commit, change]);
  const changes = await treeChanges({ store, repo: head.name, from: base.tree, to: head.tree });
  await checkOut(clone, change);
  const filtered = await filteredPaths(clone, changes);
  const first = await revert(clone, change, [], base.tree);
  await checkOut(clone, merge);
  const second = await revert(clone, merge, ['-m', '1'], base.tree);
  return {
    repo: head.name,
    ways: [
      { way: 'commit', problem: first },
      { way: 'merge', problem: second },
    ],
    leaves: [...submoduleNotes(changes), ...filterNotes(filtered), ...caseNotes(changes)],
  };
}

interface Clone {
  gitDir: string;
  workTree: string;
}

/** With the store's objects as they are: nothing is copied, and nothing written there. */
async function openScratchClone(store: string, dir: string, idLength: number): Promise<Clone> {
  const clone = { gitDir: join(dir, '.git'), workTree: dir };
  await mkdir(clone.gitDir, { recursive: true, mode: 0o700 });
  const format = idLength === 64 ? 'sha256' : 'sha1';
  await runGit({ ...clone, args: ['init', '--quiet', '--template=', `--object-format=${format}`] });
  await mkdir(join(clone.gitDir, 'objects/info'), { recursive: true });
  await writeFile(join(clone.gitDir, 'objects/info/alternates'), `${join(store, 'objects')}\n`);
  return clone;
}

function scratchCommit({ gitDir }: Clone, tree: string, parents: string[]): Promise<string> {
  return commitTree({ store: gitDir, tree, parents, message: 'The change\n', epochSeconds: 0 });
}

async function checkOut(clone: Clone, commit: string): Promise<void> {
  await runGit({ ...clone, args: [...NO_SYNC, 'checkout', '--quiet', '--force', '--detach', commit] });
}

/** null: the base is back. */
async function revert(clone: Clone, commit: string, how: string[], tree: string): Promise<string | null> {
  const reverted = await runGit({
    ...clone,
    args: [...NO_SYNC, 'revert', '--no-edit', ...how, commit],
    answers: [1, 128],
  });
  if (reverted.code !== 0) return `git revert stopped: ${reverted.stderr.slice(0, 500)}`;
  const came = await askGit({ ...clone, args: ['rev-parse', 'HEAD^{tree}'] });
  if (came === tree) return null;
  const differs = await askGit({ ...clone, args: ['diff-tree', '-r', '--name-only', tree, came] });
  return `after git revert these are not as in the base: ${named(differs.split('\n'))}`;
}

/** Of the changed files that are there, those that a filter of the user's changes on the way to the disk. */
async function filteredPaths(clone: Clone, changes: readonly TreeChange[]): Promise<string[]> {
  const input = changes.map(({ bytes }) => `${bytes}\0`).join('');
  const answer = await runGit({
    ...clone,
    args: ['check-attr', '-z', '--stdin', 'filter'],
    input: Buffer.from(input, 'latin1'),
  });
  const fields = answer.stdout.toString('utf8').split('\0');
  return changes.flatMap(({ change }, at) =>
    /^(?:unspecified|unset|set|)$/.test(fields[at * 3 + 2] ?? '') ? [] : [change.path],
  );
}

function submoduleNotes(changes: readonly TreeChange[]): string[] {
  const paths = changes
    .filter(({ oldMode, newMode }) => oldMode === MODE_SUBMODULE || newMode === MODE_SUBMODULE)
    .map(({ change }) => change.path);
  return paths.length === 0
    ? []
    : [
        `the commit of the submodule is put back; its own files follow with git submodule update: ${named(paths)}`,
      ];
}

function filterNotes(paths: string[]): string[] {
  return paths.length === 0
    ? []
    : [
        `files that a filter of .gitattributes changes were put back as they are stored, the filter did not run: ${named(paths)}`,
      ];
}

function caseNotes(changes: readonly TreeChange[]): string[] {
  const byName = Map.groupBy(changes, ({ change }) => change.path.toLowerCase());
  const paths = [...byName.values()]
    .filter((each) => each.length > 1)
    .map(([first]) => first?.change.path ?? '');
  return paths.length === 0
    ? []
    : [`names that differ in case alone were tried on a file system that tells them apart: ${named(paths)}`];
}

function named(paths: readonly string[]): string {
  const more = paths.length - MAX_NAMED;
  return `${paths.slice(0, MAX_NAMED).join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
