/** The repositories of a run, each under a name of its own. */
import type { RepoBase, Submodule } from '../core/records.ts';
import { BatonError } from '../core/errors.ts';
import type { Revision } from '../core/results.ts';
import { checkGitVersion } from './git-version.ts';
import { inspectRepository } from './inspect.ts';
import { createRevision } from './revision.ts';
import { findPointers } from './submodule-pointers.ts';

/** Notes begin with the repository's name. Throws E_REPO, also where one repository is named twice. */
export async function inspectRepositories(
  wanted: readonly { path: string; ref: string | null }[],
): Promise<{ repos: RepoBase[]; base: Revision; submodules: Submodule[]; notes: string[] }> {
  await checkGitVersion();
  const found = await Promise.all(wanted.map(inspectRepository));
  refuseTwice(found.map(({ repo }) => repo.path));
  const names = distinctNames(found.map(({ repo }) => repo.name));
  const repos = found.map(({ repo }, index) => ({ ...repo, name: names[index] ?? repo.name }));
  const notes = found.flatMap((one, index) => one.notes.map((note) => `${names[index]}: ${note}`));
  const pointers = await findPointers(repos);
  return {
    repos,
    base: createRevision(repos.map(({ name, commit, tree }) => ({ name, commit, tree }))),
    submodules: pointers.submodules,
    notes: [...notes, ...pointers.notes],
  };
}

function refuseTwice(paths: string[]): void {
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice === undefined) return;
  throw new BatonError({
    code: 'E_REPO',
    message: `The repository ${twice} was named twice.`,
    fix: 'Name each repository once; a directory inside a repository stands for the whole of it.',
  });
}

/** `api`, `api-2`, `api-3`: in the order given. */
function distinctNames(names: string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let n = 2; taken.has(free.toLowerCase()); n += 1) free = `${name}-${n}`;
    taken.add(free.toLowerCase());
    return free;
  });
}
