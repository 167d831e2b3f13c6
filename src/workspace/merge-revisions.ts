/** Merges whole revisions: each side in all repositories or in none. */
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
  /** Whether what collides is left in, marked. */
  marked: boolean;
  /** Keeps the result. */
  ref: string;
}

/**
 * Takes the sides in their order; one that collides with what is merged so far, in any repository, is left out
 * whole and named. Colliding paths are `<repository>/<path>`, those of the first repository that collides.
 */
export async function mergeRevisions(options: RevisionMerge): Promise<MergeResult> {
  const { base, sides } = options;
  const lines = await Promise.all(base.repos.map((repo) => openLine(options, repo)));
  const merged: number[] = [];
  const left: MergeResult['left'] = [];
  for (const index of sides.keys()) {
    const clashes = await takeSide(lines, index, options.marked);
    if (clashes.length === 0) merged.push(index);
    for (const clash of clashes)
      left.push({ side: index, against: await findOpponent(clash.line, merged, index), paths: clash.paths });
  }
  const repos = await Promise.all(lines.map((line) => keepMerged(options, line)));
  return { revision: createRevision(repos), left };
}

/** The merge of one repository: what is merged so far, and what each side would bring. */
interface Line {
  store: string;
  repo: RepoRevision;
  tree: string;
  sides: RepoRevision[];
  trees: string[];
  /** The sides that changed anything here and are merged. */
  taken: RepoRevision[];
}

async function openLine(options: RevisionMerge, repo: RepoRevision): Promise<Line> {
  const store = options.storeOf(repo.name);
  const sides = options.sides.map((side) => repoOf(side, repo.name));
  return { store, repo, tree: repo.tree, sides, trees: await treesToMerge(store, repo, sides), taken: [] };
}

interface Clash {
  line: Line;
  paths: string[];
}

/** Merges one side into every repository, or into none of them and says where it collides first; `marked`: into all, and where it collides. */
async function takeSide(lines: Line[], index: number, marked: boolean): Promise<Clash[]> {
  const merged: string[] = [];
  const clashes: Clash[] = [];
  for (const line of lines) {
    const result = await mergeTrees(
      line.store,
      line.repo.tree,
      line.tree,
      line.trees[index] ?? line.repo.tree,
    );
    if (result.kind === 'conflict')
      clashes.push({ line, paths: result.paths.map((path) => `${line.repo.name}/${path}`) });
    if (result.kind === 'conflict' && !marked) return clashes;
    merged.push(result.kind === 'conflict' ? result.marked : result.tree);
  }
  for (const [at, line] of lines.entries()) {
    const side = line.sides[index];
    if (side !== undefined && line.trees[index] !== line.repo.tree) line.taken.push(side);
    line.tree = merged[at] ?? line.tree;
  }
  return clashes;
}

/** Which merged side alone collides with this one; where only all of them together do, the last. */
async function findOpponent(line: Line, merged: number[], index: number): Promise<number> {
  const { store, repo, trees } = line;
  for (const other of merged) {
    const pair = await mergeTrees(store, repo.tree, trees[other] ?? repo.tree, trees[index] ?? repo.tree);
    if (pair.kind === 'conflict') return other;
  }
  return merged.at(-1) ?? 0;
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
async function keepMerged(options: RevisionMerge, line: Line): Promise<RepoRevision> {
  const { store, repo, tree, taken } = line;
  const same = [repo, ...taken].find((side) => side.tree === tree);
  const commit = same?.commit ?? (await commitMerge(store, tree, taken, options.message));
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
