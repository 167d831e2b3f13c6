/** The bare repositories of the local forge: what a remote is elsewhere. */
import { createHash, randomBytes } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError } from '../../core/errors.ts';
import { askGit, runGit } from '../../workspace/git.ts';

/** Says of which of the user's repositories this is the remote. */
const OWNER_FILE = 'baton-repository';

export interface BareRepository {
  path: string;
  /** Where the records of its pull requests lie. */
  recordDir: string;
}

/** Finds or makes `NAME.git`; another repository of the same name gets a longer one. */
export async function openBareRepository(options: {
  forgeDir: string;
  name: string;
  userPath: string;
  store: string;
}): Promise<BareRepository> {
  const { forgeDir, name, userPath } = options;
  const place = createHash('sha256').update(userPath).digest('hex').slice(0, 8);
  for (const candidate of [name, `${name}-${place}`]) {
    const path = join(forgeDir, `${candidate}.git`);
    if (!(await exists(path))) await createBare(path, userPath, options.store);
    const owner = await readFile(join(path, OWNER_FILE), 'utf8').catch(() => null);
    if (owner === userPath) return { path, recordDir: join(forgeDir, candidate) };
  }
  throw new BatonError({
    code: 'E_STORE',
    message: `${forgeDir}/${name}-${place}.git is not the remote of ${userPath}.`,
    fix: 'Move that directory away: it was not made by Baton.',
  });
}

/** The commit of a branch; null where there is none. */
export async function branchHead(gitDir: string, branch: string): Promise<string | null> {
  return refHead(gitDir, `refs/heads/${branch}`);
}

/** The commit of a reference; null where there is none. */
export async function refHead(gitDir: string, ref: string): Promise<string | null> {
  const answer = await runGit({
    gitDir,
    args: ['rev-parse', '--verify', '--quiet', '--end-of-options', ref],
    answers: [1, 128],
  });
  return answer.code === 0 ? answer.stdout.toString('utf8').trim() : null;
}

/** Copies commits over without touching a reference. */
export async function fetchCommits(options: {
  gitDir: string;
  from: string;
  commits: readonly string[];
  signal: AbortSignal;
}): Promise<void> {
  const quiet = ['--quiet', '--no-tags', '--no-write-fetch-head', '--update-shallow'];
  const args = ['fetch', ...quiet, options.from, ...options.commits];
  await runGit({ gitDir: options.gitDir, args, signal: options.signal });
}

/** Whether one commit lies in the history of the other. */
export async function isAncestor(gitDir: string, older: string, newer: string): Promise<boolean> {
  const answer = await runGit({
    gitDir,
    args: ['merge-base', '--is-ancestor', older, newer],
    answers: [1, 128],
  });
  return answer.code === 0;
}

/** Moves references together, each from exactly what it was (null: it is not there); false where one of them is no longer that. */
export async function moveRefs(
  gitDir: string,
  moves: readonly { ref: string; from: string | null; to: string | null }[],
): Promise<boolean> {
  const none = '0'.repeat((moves[0]?.to ?? moves[0]?.from)?.length ?? 40);
  const lines = moves.map(({ ref, from, to }) => `update ${ref}\0${to ?? none}\0${from ?? none}\0`);
  const answer = await runGit({
    gitDir,
    args: ['update-ref', '-z', '--stdin'],
    input: lines.join(''),
    answers: [128],
  });
  return answer.code === 0;
}

/** Whether a name can be a branch. */
export async function isBranchName(gitDir: string, branch: string): Promise<boolean> {
  return (
    (await runGit({ gitDir, args: ['check-ref-format', `refs/heads/${branch}`], answers: [1] })).code === 0
  );
}

async function createBare(path: string, userPath: string, store: string): Promise<void> {
  const format = await askGit({ gitDir: store, args: ['rev-parse', '--show-object-format'] });
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  await mkdir(beside, { recursive: true, mode: 0o700 });
  await runGit({
    gitDir: beside,
    args: ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', `--object-format=${format}`],
  });
  await writeFile(join(beside, OWNER_FILE), userPath, { mode: 0o600, flag: 'wx' });
  try {
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    if (!(await exists(path))) throw error;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
