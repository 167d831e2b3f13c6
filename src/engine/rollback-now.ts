/** The way back as it is now: what became of each pull request, asked at the forge, and the commands for exactly that. */
import type { RunState } from '../core/state.ts';
import type { Forge, ForgePull } from '../forges/forge.ts';
import { revertCommits } from './rollback-commands.ts';
import type { PullNow, RepoWayBack, RollbackDocument } from './rollback-document.ts';
import { branchOf, markerOf } from './run-branch.ts';

/** Where the forge says nothing, the document stays as the journal has it, with the reason. Changes nothing. */
export async function askForge(
  document: RollbackDocument,
  { state, forge, signal }: { state: RunState; forge: Forge; signal: AbortSignal },
): Promise<RollbackDocument> {
  const repos = await Promise.all(
    document.repos.map(async (each) => {
      const known = state.repos.find(({ name }) => name === each.repo);
      if (each.pull_request === null || known === undefined) return each;
      const { name, path, base_ref: baseRef, commit: baseCommit } = known;
      const repo = { name, path, baseRef, baseCommit };
      const place = { runId: state.runId, repo, branch: branchOf(state), marker: markerOf(state, name) };
      return withPull(each, baseRef, await forge.readPull(place, signal));
    }),
  );
  return { ...document, repos };
}

/** One way is left of the two where the forge says which. */
function withPull(each: RepoWayBack, base: string, pull: ForgePull): RepoWayBack {
  if (pull.kind !== 'pull') return { ...each, now: { state: 'not_known', problem: pull.detail } };
  const { state, merged } = pull;
  const now: PullNow = { state, commits: merged?.commits ?? [] };
  if (state !== 'merged') return { ...each, now, ways: [] };
  if (merged === null) return { ...each, now };
  const [commit, ...others] = merged.commits;
  const shown = `as ${commit?.slice(0, 12)}${others.length === 0 ? '' : ` and ${others.length} before it`}`;
  const rehearsed = each.ways[merged.how === 'merge' ? 1 : 0]?.rehearsed ?? false;
  const commands = revertCommits(base, merged);
  return {
    ...each,
    now,
    ways: [{ merged: `${shown}${merged.how === 'merge' ? ', a merge commit' : ''}`, commands, rehearsed }],
  };
}
