/** Where a submodule of one repository of a run is another repository of it: what is changed there is not what is pointed at. */
import type { RepoBase, Submodule } from '../core/records.ts';
import { askGit, runGit } from './git.ts';

export interface FoundPointers {
  /** Those that can follow what becomes of the repository that they are. */
  submodules: Submodule[];
  /** One sentence each, beginning with the repository's name. */
  notes: string[];
}

/** Nothing that a repository says of addresses is followed: a submodule is another repository where that one has the commit. */
export async function findPointers(repos: readonly RepoBase[]): Promise<FoundPointers> {
  const found: FoundPointers = { submodules: [], notes: [] };
  if (repos.length < 2) return found;
  for (const pointers of await Promise.all(repos.map((repo) => pointersOf(repo, repos)))) {
    found.submodules.push(...pointers.submodules);
    found.notes.push(...pointers.notes);
  }
  return found;
}

async function pointersOf(repo: RepoBase, all: readonly RepoBase[]): Promise<FoundPointers> {
  const found: FoundPointers = { submodules: [], notes: [] };
  for (const { path, commit } of await submodulesOf(repo)) {
    const others = all.filter(({ name }) => name !== repo.name);
    const known = await Promise.all(others.map((other) => hasCommit(other, commit)));
    const owners = others.filter((_, index) => known[index] === true);
    const at = `${repo.name}: ${path} points at ${commit.slice(0, 12)}`;
    const [owner, second] = owners;
    if (owner === undefined) continue;
    const behind = second === undefined ? await commitsBehind(owner, commit) : null;
    if (behind !== null) found.submodules.push({ repo: repo.name, path, of: owner.name, behind });
    found.notes.push(
      behind === null
        ? `${at} of ${owners.map(({ name }) => name).join(' and ')}, and stays there: ${second === undefined ? `${owner.base_ref} does not hold it` : 'which of them it is, nobody says'}`
        : `${at} of ${owner.name}; where the run changes that, it is pointed at what is submitted there${behind === 0 ? '' : `, with ${behind} ${behind === 1 ? 'commit' : 'commits'} of ${owner.base_ref} before`}`,
    );
  }
  return found;
}

/** How many commits of the base it does not hold; null: the base does not continue it. */
async function commitsBehind({ path: cwd, commit: base }: RepoBase, commit: string): Promise<number | null> {
  const args = ['merge-base', '--is-ancestor', commit, base];
  const answer = await runGit({ gitDir: null, cwd, args, answers: [1, 128] });
  if (answer.code !== 0) return null;
  return Number(await askGit({ gitDir: null, cwd, args: ['rev-list', '--count', `${commit}..${base}`] }));
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
