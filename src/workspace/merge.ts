/** Conflict-free three-way merge of trees, or nothing. No file is ever resolved by force. */
import { runGit } from './git.ts';
import { lostPaths } from './containment.ts';
import { commitTree } from './snapshot.ts';
import { readablePath } from './walk-files.ts';

export type TreeMerge =
  | { kind: 'merged'; tree: string; sides: number[] }
  | { kind: 'conflict'; first: number; second: number; paths: string[] };

type PairMerge = { kind: 'merged'; tree: string } | { kind: 'conflict'; paths: string[] };

/** Merges one side after the other into the first. `sides` of the result are those that changed anything. */
export async function mergeTrees(options: {
  store: string;
  base: string;
  sides: readonly string[];
}): Promise<TreeMerge> {
  const { store, base, sides } = options;
  let tree = base;
  const merged: number[] = [];
  for (const [index, side] of sides.entries()) {
    if (side === base) continue;
    const pair = await mergePair(store, base, tree, side);
    if (pair.kind === 'conflict') {
      const first = await findOpponent({ store, base, sides, merged, second: index });
      return { kind: 'conflict', first, second: index, paths: pair.paths };
    }
    tree = pair.tree;
    merged.push(index);
  }
  return { kind: 'merged', tree, sides: merged };
}

async function mergePair(store: string, base: string, one: string, two: string): Promise<PairMerge> {
  if (one === base || one === two) return { kind: 'merged', tree: two };
  const [left, right] = await commitsWithBase(store, base, one, two);
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', left, right];
  const answer = await runGit({ gitDir: store, args, answers: [1] });
  const [tree = '', ...names] = answer.stdout.toString('latin1').split('\0');
  const paths = [...new Set(names.filter((name) => name !== ''))];
  if (answer.code === 1) return { kind: 'conflict', paths: paths.map(readablePath) };
  const lost = await lostPaths({ store, base, sides: [one, two], merged: tree });
  return lost.length > 0 ? { kind: 'conflict', paths: lost.map(readablePath) } : { kind: 'merged', tree };
}

/** Git 2.38 and 2.39 take the merge base from the history only: three small commits say which one it is. */
async function commitsWithBase(
  store: string,
  base: string,
  one: string,
  two: string,
): Promise<[string, string]> {
  const shape = { store, message: 'Merge base', epochSeconds: 0 };
  const parent = await commitTree({ ...shape, tree: base, parents: [] });
  return Promise.all([
    commitTree({ ...shape, tree: one, parents: [parent] }),
    commitTree({ ...shape, tree: two, parents: [parent] }),
  ]);
}

/** Which earlier side alone is in conflict with this one; where only all of them together are, the last. */
async function findOpponent(options: {
  store: string;
  base: string;
  sides: readonly string[];
  merged: number[];
  second: number;
}): Promise<number> {
  const { store, base, sides, merged, second } = options;
  for (const index of merged) {
    const pair = await mergePair(store, base, sides[index] ?? base, sides[second] ?? base);
    if (pair.kind === 'conflict') return index;
  }
  return merged.at(-1) ?? 0;
}
