/** Puts the files of a commit into a directory: with a git directory for agents, without one for gates and reviewers. */
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runGit } from './git.ts';
import { keepAnswers, type KeptAnswers } from './kept-answers.ts';
import { readClone, weighClone, writeClone, type KeptClone } from './kept-clone.ts';
import { removeTree } from './remove-tree.ts';

/** The branch an agent finds itself on. */
const WORK_BRANCH = 'work';

/** An agent may commit, stash and log; it has nowhere to push to and no identity but this one. */
const CLONE_CONFIG = `[user]
\tname = Agent
\temail = agent@localhost
[commit]
\tgpgSign = false
[gc]
\tauto = 0
`;

/** Nothing in a clone has to survive a power cut: it is made again from the store. */
const NO_SYNC = ['-c', 'core.fsync=none'];

/** What is fetched stays one pack, and no log begins with it: a clone written from a kept one has few files. */
const FEW_FILES = [
  'fetch.unpackLimit=1',
  'pack.writeReverseIndex=false',
  'core.logAllRefUpdates=false',
].flatMap((setting) => ['-c', setting]);

/** More than this of a clone's git directory is fetched anew each time. */
const MAX_KEPT_BYTES = 2 * 1024 * 1024;

/** Git directories of clones by store and commit. */
export type KeptClones = KeptAnswers<KeptClone | null>;

export function openKeptClones(): KeptClones {
  return keepAnswers(2 * MAX_KEPT_BYTES, weighClone);
}

/** A clone of its own, with the history of the commit and nothing else of the store: no file is shared with it. */
export async function cloneInto(options: {
  store: string;
  commit: string;
  dir: string;
  kept: KeptClones;
}): Promise<void> {
  const { store, commit, dir, kept } = options;
  const gitDir = join(dir, '.git');
  let isMaker = false;
  const make = async (): Promise<KeptClone | null> => {
    isMaker = true;
    await fetchClone(options);
    return await readClone(gitDir, MAX_KEPT_BYTES);
  };
  const clone = await kept.get(`${store} ${commit}`, make).catch((error: unknown) => {
    if (isMaker) throw error;
    return null; // Somebody else's, in a folder of its own.
  });
  if (!isMaker && clone !== null) writeClone(gitDir, clone);
  else if (!isMaker) await fetchClone(options);
  await runGit({ gitDir, workTree: dir, args: [...NO_SYNC, 'read-tree', '-u', '--reset', commit] });
  await appendFile(join(gitDir, 'config'), CLONE_CONFIG);
}

async function fetchClone({
  store,
  commit,
  dir,
}: {
  store: string;
  commit: string;
  dir: string;
}): Promise<void> {
  const gitDir = join(dir, '.git');
  const format = commit.length === 64 ? 'sha256' : 'sha1';
  const init = [
    'init',
    '--quiet',
    '--template=',
    `--initial-branch=${WORK_BRANCH}`,
    `--object-format=${format}`,
  ];
  await mkdir(gitDir, { recursive: true });
  await runGit({ gitDir, workTree: dir, args: init });
  const quiet = ['--quiet', '--no-tags', '--no-write-fetch-head', '--update-shallow', '--update-head-ok'];
  await runGit({
    gitDir,
    workTree: dir,
    args: [...NO_SYNC, ...FEW_FILES, 'fetch', ...quiet, store, `${commit}:refs/heads/${WORK_BRANCH}`],
  });
}

/** Exactly the files of the commit. */
export async function exportInto(options: {
  store: string;
  commit: string;
  dir: string;
  indexFile: string;
}): Promise<void> {
  await mkdir(options.dir, { recursive: true });
  await runGit({
    gitDir: options.store,
    workTree: options.dir,
    indexFile: options.indexFile,
    args: [...NO_SYNC, 'read-tree', '-u', '--reset', options.commit],
  });
}

/** Makes a directory beside and renames it: what lay there before keeps its own inode, so a late twin never shares it. */
export async function replaceDirectory(dir: string, fill: (beside: string) => Promise<void>): Promise<void> {
  const mark = randomBytes(4).toString('hex');
  const beside = join(dirname(dir), `.new-${mark}`);
  const former = join(dirname(dir), `.old-${mark}`);
  await mkdir(beside, { recursive: true, mode: 0o700 });
  try {
    await fill(beside);
    await rename(dir, former).catch(ignoreMissing);
    await rename(beside, dir);
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw error;
  }
  await removeTree(former);
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
