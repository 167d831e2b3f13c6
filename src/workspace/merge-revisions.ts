/** Merges whole revisions: all repositories or none. */
import type { Revision } from '../core/results.ts';
import { mergeTrees } from './merge.ts';
import { createRevision, repoOf, type RepoRevision } from './revision.ts';
import { commitTree } from './snapshot.ts';
import { runGit } from './git.ts';
import { dateOf } from './squash.ts';
import type { MergeResult } from './workspaces.ts';

export interface RevisionMerge {
  storeOf: (repo: string) => string;
  base: Revision;
  sides: readonly Revision[];
  message: string;
  /** Keeps the result. */
  ref: string;
}

/** Conflicting paths are named `<repository>/<path>`, those of the first repository that conflicts. */
export async function mergeRevisions(options: RevisionMerge): Promise<MergeResult> {
  const merged: { repo: RepoRevision; tree: string; sides: RepoRevision[] }[] = [];
  for (const repo of options.base.repos) {
    const sides = options.sides.map((side) => repoOf(side, repo.name));
    const store = options.storeOf(repo.name);
    const trees = await treesToMerge(store, repo, sides);
    const result = await mergeTrees({ store, base: repo.tree, sides: trees });
    if (result.kind === 'conflict')
      return { ...result, paths: result.paths.map((path) => `${repo.name}/${path}`) };
    merged.push({ repo, tree: result.tree, sides: result.sides.flatMap((index) => sides[index] ?? []) });
  }
  const repos = await Promise.all(merged.map((one) => keepMerged(options, one)));
  return { kind: 'merged', revision: createRevision(repos) };
}

/** The sides' trees; a side that another one was built on is in that one already and stands for no change of its own. */
async function treesToMerge(store: string, base: RepoRevision, sides: RepoRevision[]): Promise<string[]> {
  return Promise.all(
    sides.map(async (side, index) => {
      const others = sides.filter(
        (other, at) => at !== index && (other.commit !== side.commit || at > index),
      );
      const within = await Promise.all(others.map((other) => isBuiltOn(store, other, side)));
      return within.includes(true) ? base.tree : side.tree;
    }),
  );
}

async function isBuiltOn(store: string, later: RepoRevision, earlier: RepoRevision): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', earlier.commit, later.commit];
  return (await runGit({ gitDir: store, args, answers: [1] })).code === 0;
}

/** A tree that one side has already keeps that side's commit; a new one gets a commit on all sides that changed anything. */
async function keepMerged(
  options: RevisionMerge,
  merged: { repo: RepoRevision; tree: string; sides: RepoRevision[] },
): Promise<RepoRevision> {
  const { repo, tree, sides } = merged;
  const store = options.storeOf(repo.name);
  const same = [repo, ...sides].find((side) => side.tree === tree);
  const commit = same?.commit ?? (await commitMerge(store, tree, sides, options.message));
  await runGit({ gitDir: store, args: ['update-ref', options.ref, commit] });
  return { name: repo.name, commit, tree };
}

async function commitMerge(
  store: string,
  tree: string,
  sides: RepoRevision[],
  message: string,
): Promise<string> {
  const parents = [...new Set(sides.map((side) => side.commit))];
  const dates = await Promise.all(parents.map((parent) => dateOf(store, parent)));
  return commitTree({ store, tree, parents, message, epochSeconds: Math.max(...dates) });
}
