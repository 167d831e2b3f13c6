/** One state of all repositories of a run, named by its content alone. */
import { createHash } from 'node:crypto';
import { BatonError } from '../core/errors.ts';
import type { Revision, RevisionId } from '../core/results.ts';

export type RepoRevision = Revision['repos'][number];

/** sha256 over the sorted (repository, tree) pairs: the same files are the same revision, whoever committed them. */
export function revisionId(repos: readonly { name: string; tree: string }[]): RevisionId {
  const hash = createHash('sha256');
  for (const repo of [...repos].sort(byName)) hash.update(`${repo.name}\0${repo.tree}\0`);
  return hash.digest('hex');
}

/** Puts the id on commits and trees. */
export function createRevision(repos: readonly RepoRevision[]): Revision {
  return { id: revisionId(repos), repos: [...repos] };
}

/** The repository of that name in a revision; throws E_BUG where the revision does not know it. */
export function repoOf(revision: Revision, name: string): RepoRevision {
  const repo = revision.repos.find((candidate) => candidate.name === name);
  if (repo !== undefined) return repo;
  throw new BatonError({
    code: 'E_BUG',
    message: `Revision ${revision.id.slice(0, 12)} has no repository ${name}.`,
    fix: 'Report this with the output of `baton log`.',
  });
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
