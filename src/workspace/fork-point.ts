/** Where a commit left the branch that it is to be held against. */
import { BatonError } from '../core/errors.ts';
import { runGit } from './git.ts';

/** In this order, where nobody names one: what the remote takes for its main branch first. */
const USUAL = [
  'refs/remotes/origin/HEAD',
  'refs/remotes/origin/main',
  'refs/remotes/origin/master',
  'refs/heads/main',
  'refs/heads/master',
];

export interface ForkPoint {
  /** The last commit that both have. */
  commit: string;
  /** What it was held against, as git shows it. */
  against: string;
}

/** `path`: a user's repository, which is only read. `base`: null for its usual branch. Throws E_REPO. */
export async function findForkPoint(path: string, ref: string, base: string | null): Promise<ForkPoint> {
  const against = base ?? (await usualBranch(path));
  if (against === null)
    throw refused(
      `${path} has no branch that is called main or master, here or at origin`,
      `Name the one that changes go to: --base BRANCH. \`--base ${ref}\` asks about that as it is.`,
    );
  for (const each of [ref, against])
    if (!(await isCommit(path, each)))
      throw refused(`${path} has no commit ${JSON.stringify(each)}`, 'Name a branch, tag or commit.');
  const args = ['merge-base', '--end-of-options', against, ref];
  const found = await runGit({ gitDir: null, cwd: path, args, answers: [1] });
  if (found.code !== 0)
    throw refused(
      `${shown(against)} and ${ref} have no commit in common`,
      'Name another one with --base; in a shallow clone, `git fetch --unshallow` first.',
    );
  return {
    commit: found.stdout.toString('utf8').trim(),
    against: shown(against),
  };
}

const shown = (ref: string): string => ref.replace(/^refs\/(?:heads|remotes)\//, '');

async function usualBranch(path: string): Promise<string | null> {
  for (const name of USUAL) if (await isCommit(path, name)) return name;
  return null;
}

async function isCommit(path: string, ref: string): Promise<boolean> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  return (await runGit({ gitDir: null, cwd: path, args, answers: [1, 128] })).code === 0;
}

function refused(problem: string, fix: string): BatonError {
  return new BatonError({ code: 'E_REPO', message: `${problem}.`, fix });
}
