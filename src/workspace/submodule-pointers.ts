/** Where a submodule of one repository of a run is another repository of it: what is changed there is not what is pointed at. */
import type { RepoBase } from '../core/records.ts';
import { askGit, runGit } from './git.ts';

/** One sentence each, beginning with the repository's name. Nothing that a repository says of addresses is followed. */
export async function notesOnPointers(repos: readonly RepoBase[]): Promise<string[]> {
  if (repos.length < 2) return [];
  return (await Promise.all(repos.map((repo) => pointersOf(repo, repos)))).flat();
}

async function pointersOf(repo: RepoBase, all: readonly RepoBase[]): Promise<string[]> {
  const notes: string[] = [];
  for (const { path, commit } of await submodulesOf(repo))
    for (const other of all)
      if (other.name !== repo.name && (await hasCommit(other, commit)))
        notes.push(
          `${repo.name}: ${path} points at ${commit.slice(0, 12)} of ${other.name}, and stays there: point it at what becomes of ${other.name} once that is merged`,
        );
  return notes;
}

async function submodulesOf({ path: cwd, commit }: RepoBase): Promise<{ path: string; commit: string }[]> {
  const listed = ['ls-tree', '--name-only', '--full-tree', commit, '--', '.gitmodules'];
  if ((await askGit({ gitDir: null, cwd, args: listed })) === '') return [];
  const named = ['config', '--blob', `${commit}:.gitmodules`, '-z', '--get-regexp', String.raw`\.path$`];
  const answer = await runGit({ gitDir: null, cwd, args: named, answers: [1, 128] });
  // Each is a key, a line break and its value. A file that git cannot read names none.
  const paths = answer.stdout
    .toString('utf8')
    .split('\0')
    .flatMap((entry) => entry.split('\n').slice(1, 2))
    .filter((path) => path !== '');
  if (paths.length === 0) return [];
  const entries = await askGit({
    gitDir: null,
    cwd,
    args: ['ls-tree', '-z', '--full-tree', commit, '--', ...paths],
  });
  return entries.split('\0').flatMap((entry) => {
    const [, pointed = '', path = ''] = /^160000 commit ([0-9a-f]{40,64})\t(.+)$/s.exec(entry) ?? [];
    return pointed === '' ? [] : [{ path, commit: pointed }];
  });
}

async function hasCommit({ path: cwd }: RepoBase, commit: string): Promise<boolean> {
  const args = ['cat-file', '-e', `${commit}^{commit}`];
  return (await runGit({ gitDir: null, cwd, args, answers: [1, 128] })).code === 0;
}
