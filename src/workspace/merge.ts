/** Conflict-free three-way merge of two trees, or nothing. No file is ever resolved by force. */
import { runGit } from './git.ts';
import { lostPaths } from './containment.ts';
import { commitTree } from './snapshot.ts';
import { readablePath } from './walk-files.ts';

export type TreeMerge =
  | { kind: 'merged'; tree: string }
  | {
      kind: 'conflict';
      paths: string[];
      /** With both versions in the files that collide. */ marked: string;
    };

export async function mergeTrees(store: string, base: string, one: string, two: string): Promise<TreeMerge> {
  if (two === base || one === two) return { kind: 'merged', tree: one };
  if (one === base) return { kind: 'merged', tree: two };
  const [left, right] = await commitsWithBase(store, base, one, two);
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', left, right];
  const answer = await runGit({ gitDir: store, args, answers: [1] });
  const [tree = '', ...names] = answer.stdout.toString('latin1').split('\0');
  const paths = [...new Set(names.filter((name) => name !== ''))];
  if (answer.code === 1) return { kind: 'conflict', paths: paths.map(readablePath), marked: tree };
  const lost = await lostPaths({ store, base, sides: [one, two], merged: tree });
  return lost.length > 0
    ? { kind: 'conflict', paths: lost.map(readablePath), marked: tree }
    : { kind: 'merged', tree };
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
