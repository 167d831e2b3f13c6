/** References and commits of a bare repository, as forges move them. */
import { runGit } from '../workspace/git.ts';
import { keepAnswers } from '../workspace/kept-answers.ts';

/** How commits come into the engine's stores: nothing is told, noted or followed but they. */
export const QUIET_FETCH = ['--quiet', '--no-tags', '--no-write-fetch-head', '--update-shallow'] as const;

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
  const args = ['fetch', ...QUIET_FETCH, options.from, ...options.commits];
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

/** Brings what a base branch holds into the engine's store, and keeps it for the run. Resolves to its commit: it may be a later one. */
export async function keepBase(
  place: { runId: string; store: string; repo: { baseRef: string } },
  how: {
    commit: string;
    /** Up to the address. */
    fetch: readonly string[];
    signal: AbortSignal;
    run?: (gitDir: string, args: string[]) => Promise<unknown>;
  },
): Promise<string> {
  const { store, repo } = place;
  const ref = `refs/baton/${place.runId}/bases/${how.commit}`;
  const args = [...how.fetch, `+refs/heads/${repo.baseRef}:${ref}`];
  await (how.run?.(store, args) ?? runGit({ gitDir: store, args, signal: how.signal }));
  return (await refHead(store, ref)) ?? how.commit;
}

/** Names that can be branches, of those that were asked for last. */
const branchNames = keepAnswers<boolean>(100, () => 1);

/** Whether a name can be a branch. */
export function isBranchName(gitDir: string, branch: string): Promise<boolean> {
  return branchNames.get(branch, async () => {
    const answer = await runGit({ gitDir, args: ['check-ref-format', `refs/heads/${branch}`], answers: [1] });
    return answer.code === 0;
  });
}
