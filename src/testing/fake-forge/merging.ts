/** How pull requests of the loopback forge come to their base, and what GitHub sees of it: with git, in the bare repository. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { join } from 'node:path';
import type { KeptPull, Pulls } from './pulls.ts';

export type MergeWay = 'merge' | 'squash' | 'rebase';

const WHO = { name: 'Merger', email: 'merger@example.org' };

/** Merges it as GitHub's button does, and moves the base. Throws where git finds a conflict. */
export async function mergePull(root: string, pull: KeptPull, way: MergeWay): Promise<string> {
  const git = gitOf(root, pull.repository);
  const [base, head] = [await git('rev-parse', pull.base), await git('rev-parse', pull.head)];
  const made = await mergedCommit(git, { pull, way, base, head });
  await git('update-ref', `refs/heads/${pull.base}`, made, base);
  Object.assign(pull, { state: 'closed', merged: made });
  return made;
}

/**
 * After a push: what its base holds now is merged, and one whose branch is gone is closed. GitHub looks at the same: it needs nobody to
 * press a button.
 */
export async function settlePulls(root: string, pulls: Pulls, repository: string): Promise<void> {
  const git = gitOf(root, repository);
  const open = pulls.all.filter((pull) => pull.repository === repository && pull.state === 'open');
  for (const pull of open) {
    const head = await git('rev-parse', '--verify', '--quiet', `refs/heads/${pull.head}`).catch(() => null); // it is gone
    if (head === null) Object.assign(pull, { state: 'closed' });
    else if (await isWithin(git, head, pull.base)) Object.assign(pull, { state: 'closed', merged: head });
  }
}

/** What GitHub says of one commit. */
export async function describeCommit(
  root: string,
  repository: string,
  commit: string,
): Promise<Record<string, unknown>> {
  const git = gitOf(root, repository);
  const [sha = '', parents = '', ...message] = (await git('show', '-s', '--format=%H%n%P%n%B', commit)).split(
    '\n',
  );
  return {
    sha,
    message: message.join('\n').trim(),
    parents: parents
      .split(' ')
      .filter((each) => each !== '')
      .map((each) => ({ sha: each })),
  };
}

/** How many commits it has that its base does not. */
export async function countCommits(root: string, pull: KeptPull): Promise<number> {
  const git = gitOf(root, pull.repository);
  const from = pull.merged === null ? pull.base : `${pull.merged}^`;
  return Number(await git('rev-list', '--count', `${from}..${pull.head}`).catch(() => '1')); // the branch is gone
}

type Git = (...args: string[]) => Promise<string>;

function gitOf(root: string, repository: string): Git {
  const env = {
    PATH: process.env['PATH'] ?? '',
    GIT_INDEX_FILE: join(root, `${repository}.index`),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: WHO.name,
    GIT_AUTHOR_EMAIL: WHO.email,
    GIT_COMMITTER_NAME: WHO.name,
    GIT_COMMITTER_EMAIL: WHO.email,
  };
  return async (...args) => {
    const dir = join(root, `${repository}.git`);
    const { stdout } = await promisify(execFile)('git', ['--git-dir', dir, ...args], { env });
    return stdout.trim();
  };
}

async function isWithin(git: Git, commit: string, branch: string): Promise<boolean> {
  return git('merge-base', '--is-ancestor', commit, branch).then(
    () => true,
    () => false, // git says no by its exit code
  );
}

async function mergedCommit(
  git: Git,
  { pull, way, base, head }: { pull: KeptPull; way: MergeWay; base: string; head: string },
): Promise<string> {
  const [owner = ''] = pull.repository.split('/');
  if (way === 'rebase') return rebased(git, base, head);
  const tree = await git('merge-tree', '--write-tree', base, head);
  if (way === 'merge') {
    const words = `Merge pull request #${pull.number} from ${owner}/${pull.head}\n\n${pull.title}`;
    return git('commit-tree', tree, '-p', base, '-p', head, '-m', words);
  }
  const all = (await git('log', '--reverse', '--format=%B', `${base}..${head}`)).trim();
  return git('commit-tree', tree, '-p', base, '-m', `${pull.title} (#${pull.number})\n\n${all}`);
}

/** Each of its commits anew on the base, with its own message. */
async function rebased(git: Git, base: string, head: string): Promise<string> {
  let tip = base;
  const commits = (await git('rev-list', '--reverse', `${base}..${head}`)).split('\n');
  for (const commit of commits) {
    await git('read-tree', '-i', '-m', '--aggressive', `${commit}^`, tip, commit);
    const tree = await git('write-tree');
    tip = await git('commit-tree', tree, '-p', tip, '-m', await git('show', '-s', '--format=%B', commit));
  }
  return tip;
}
