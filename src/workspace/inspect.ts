/** What a run needs to know of the user's repositories. They are read and never written, not even their index. */
import { realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RepoBase } from '../core/records.ts';
import { BatonError } from '../core/errors.ts';
import { askGit, runGit } from './git.ts';
import { notesOn } from './repository-notes.ts';

/** A repository of the user's as git describes it. */
export interface UserRepository {
  /** The top level of the checkout, or the git directory of a bare repository; without symlinks. */
  path: string;
  gitDir: string;
  bare: boolean;
  shallow: boolean;
}

/** Finds the repository, the base commit and the branch that pull requests compare with. Throws E_REPO. */
export async function inspectRepository(options: {
  path: string;
  ref: string | null;
}): Promise<{ repo: RepoBase; notes: string[] }> {
  const found = await findRepository(options.path);
  const commit = await commitAt(found, options.ref);
  const tree = await askUser(found, ['rev-parse', '--verify', `${commit}^{tree}`]);
  const base = await baseBranch(found, options.ref, commit);
  const notes = await notesOn(found, commit);
  const there = options.ref === null && base.notes.length === 0 ? commit : await headOf(found, base.branch);
  return {
    repo: {
      name: repositoryName(found.path),
      path: found.path,
      base_ref: base.branch,
      commit,
      tree,
      ...(there === null || there === commit ? {} : { branch_commit: there }),
    },
    notes: [...base.notes, ...notes],
  };
}

/** Git's answer to a question about a user's repository. */
function askUser(repository: UserRepository, args: string[]): Promise<string> {
  return askGit({ gitDir: null, cwd: repository.path, args });
}

async function findRepository(given: string): Promise<UserRepository> {
  const path = await realpath(given).catch(() => null);
  if (path === null) throw refused(`${given} does not exist`, 'Name a directory that is a git repository.');
  if (!(await stat(path)).isDirectory())
    throw refused(`${given} is a file`, 'Name the directory of the repository.');
  const facts = [
    '--is-bare-repository',
    '--is-inside-git-dir',
    '--is-shallow-repository',
    '--absolute-git-dir',
  ];
  const answer = await runGit({ gitDir: null, cwd: path, args: ['rev-parse', ...facts], answers: [128] });
  if (answer.code !== 0) throw notARepository(given, answer.stderr);
  const [bare, insideGitDir, shallow, ...rest] = answer.stdout
    .toString('utf8')
    .replace(/\n$/, '')
    .split('\n');
  const gitDir = rest.join('\n');
  if (bare !== 'true' && insideGitDir === 'true') {
    throw refused(`${given} is the inside of a git directory`, 'Name the directory that holds the checkout.');
  }
  const top =
    bare === 'true'
      ? gitDir
      : await askGit({ gitDir: null, cwd: path, args: ['rev-parse', '--show-toplevel'] });
  await refusePartialClone(given, path);
  return { path: await realpath(top), gitDir, bare: bare === 'true', shallow: shallow === 'true' };
}

/** A partial clone lacks files that only the network has, and Baton has no right to ask there. */
async function refusePartialClone(given: string, cwd: string): Promise<void> {
  const args = ['config', '--get-regexp', String.raw`^(extensions\.partialclone|remote\..*\.promisor)$`];
  const answer = await runGit({ gitDir: null, cwd, args, answers: [1] });
  if (answer.code === 1) return;
  throw refused(
    `${given} is a partial clone: some of its files are only on the remote`,
    'Clone it without --filter.',
  );
}

async function commitAt(repository: UserRepository, ref: string | null): Promise<string> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref ?? 'HEAD'}^{commit}`];
  const answer = await runGit({ gitDir: null, cwd: repository.path, args, answers: [1, 128] });
  if (answer.code === 0) return answer.stdout.toString('utf8').trim();
  if (ref !== null)
    throw refused(`${repository.path} has no commit ${JSON.stringify(ref)}`, 'Name a branch, tag or commit.');
  throw refused(`${repository.path} has no commits`, 'Commit something first: a run starts from a commit.');
}

/** The branch that is named or checked out; else the likeliest one, with a note. */
async function baseBranch(
  repository: UserRepository,
  ref: string | null,
  commit: string,
): Promise<{ branch: string; notes: string[] }> {
  const named = ref === null ? await checkedOutBranch(repository) : await branchNamed(repository, ref);
  if (named !== null) return { branch: named, notes: [] };
  const branch = await likelyBranch(repository, commit);
  const what = ref === null ? 'HEAD is detached' : `${ref} is no branch`;
  return { branch, notes: [`${what}: pull requests name ${branch} as their base`] };
}

/** The commit that a branch of the user's holds; null: there is none. */
async function headOf(repository: UserRepository, branch: string): Promise<string | null> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `refs/heads/${branch}^{commit}`];
  const answer = await runGit({ gitDir: null, cwd: repository.path, args, answers: [1, 128] });
  return answer.code === 0 ? answer.stdout.toString('utf8').trim() : null;
}

async function checkedOutBranch(repository: UserRepository): Promise<string | null> {
  const args = ['symbolic-ref', '--quiet', '--short', 'HEAD'];
  const answer = await runGit({ gitDir: null, cwd: repository.path, args, answers: [1] });
  return answer.code === 0 ? answer.stdout.toString('utf8').trim() : null;
}

async function branchNamed(repository: UserRepository, ref: string): Promise<string | null> {
  const refs = (
    await askUser(repository, ['for-each-ref', '--format=%(refname)', 'refs/heads', 'refs/remotes'])
  ).split('\n');
  const short = ref.replace(/^refs\/(heads|remotes)\//, '');
  if (refs.includes(`refs/heads/${short}`)) return short;
  return refs.includes(`refs/remotes/${short}`) ? short.slice(short.indexOf('/') + 1) : null;
}

/** The remote's default branch, main, master, or any that holds the commit; main where there is none. */
async function likelyBranch(repository: UserRepository, commit: string): Promise<string> {
  const format = '--format=%(refname:lstrip=2)';
  const holding = await askUser(repository, ['for-each-ref', format, `--contains=${commit}`, 'refs/heads']);
  const branches = holding.split('\n').filter((line) => line !== '');
  const remote = await runGit({
    gitDir: null,
    cwd: repository.path,
    args: ['symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD'],
    answers: [1],
  });
  const preferred = [
    remote.stdout.toString('utf8').trim().replace('refs/remotes/origin/', ''),
    'main',
    'master',
  ];
  return preferred.find((branch) => branches.includes(branch)) ?? branches[0] ?? 'main';
}

/** The folder's name, in characters that every path, reference and address can carry. */
function repositoryName(path: string): string {
  const plain = basename(path)
    .replace(/\.git$/, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/\.{2,}/g, '.')
    .replace(/^[.-]+/, '')
    .replace(/(\.lock|[.-])+$/, '');
  return plain === '' ? 'repository' : plain;
}

function notARepository(given: string, stderr: string): BatonError {
  if (/dubious ownership/.test(stderr)) {
    return refused(
      `${given} belongs to another user`,
      'Run Baton as its owner, or work on a clone of your own.',
    );
  }
  if (/not a git repository/.test(stderr)) {
    return refused(
      `${given} is not a git repository`,
      'Run `git init` and commit there, or name another directory.',
    );
  }
  return refused(`git cannot read ${given}: ${stderr.slice(0, 500)}`, 'Mend the repository first.');
}

function refused(problem: string, fix: string): BatonError {
  return new BatonError({ code: 'E_REPO', message: `${problem}.`, fix });
}
