/** The commands that take a change back, as they are typed in a checkout of its repository. */

export interface RevertedFrom {
  runId: string;
  /** The branch of the pull request, which a merge commit names. */
  branch: string;
  /** The branch that it came to. */
  base: string;
  /** Whether that branch is the forge's to hand out: then it is brought in before, and pushed afterwards. */
  isRemote: boolean;
}

/**
 * Lines of one command: what fails ends it, so that nothing is pushed that was not taken back. The commits are found by what
 * the run wrote into their messages, or by the branch that a merge names; where nobody finds one, the shell says so.
 */
export function revertCommands(from: RevertedFrom, way: 'commit' | 'merge'): string[] {
  const { runId, branch, isRemote } = from;
  const base = shellWord(from.base);
  const trailer = `Baton-Run: ${runId}`;
  const found =
    way === 'merge'
      ? `-1 --merges --first-parent --grep=${shellWord(branch)}`
      : `--no-merges --grep=${shellWord(trailer)}`;
  const missing = `no ${way === 'merge' ? 'merge here names the branch' : 'commit here says it is'} of run ${runId}; find it by git log or at its pull request, then: git revert ${way === 'merge' ? '-m 1 ' : ''}COMMIT`;
  const lines = [
    `git switch ${base}`,
    ...(isRemote ? ['git pull --ff-only'] : []),
    `commits=$(git log --format=%H --fixed-strings ${found} ${base})`,
    // Not as arguments: not every shell takes several of them out of one variable.
    `printf '%s\\n' "\${commits:?${missing}}" | git revert --no-edit ${way === 'merge' ? '-m 1 ' : ''}--stdin`,
    ...(isRemote ? ['git push'] : []),
  ];
  return lines.map((line, at) => (at < lines.length - 1 ? `${line} &&` : line));
}

/** Of commits that are known, the last one first, on a branch of a remote. */
export function revertCommits(
  base: string,
  { how, commits }: { how: 'commit' | 'merge'; commits: readonly string[] },
): string[] {
  return [
    `git switch ${shellWord(base)} &&`,
    'git pull --ff-only &&',
    `git revert --no-edit ${how === 'merge' ? '-m 1 ' : ''}${commits.join(' ')} &&`,
    'git push',
  ];
}

/** What to type where the branch takes no pushes, and where it has a remote that Baton knows nothing of. */
export function revertNotes({ runId, isRemote }: RevertedFrom): string {
  return isRemote
    ? `Where the branch takes no pushes: \`git push origin HEAD:revert-${runId}\` in place of \`git push\`, and a pull request from there.`
    : 'Where the branch has a remote: `git pull --ff-only` before, `git push` afterwards.';
}

/** As one word of a shell command. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
