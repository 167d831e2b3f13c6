/** What became of a pull request at GitHub, and which commits it came to its base as. */
import type { ForgePull, PullPlace } from '../forge.ts';
import type { GithubApi } from './github-api.ts';
import { isOurs, pullOf } from './own-pull.ts';

/** More commits than a run pushes are not looked through. */
const MAX_COMMITS = 20;

export async function readPullNow(api: GithubApi, place: PullPlace): Promise<ForgePull> {
  const found = await pullOf(api, place);
  if (found === null || !isOurs(place, found)) return { kind: 'pull', state: 'none', merged: null };
  const pull = await api.pull(found.number);
  const { state, draft, merged_at, merge_commit_sha: commit } = pull;
  if (merged_at == null)
    return { kind: 'pull', state: state === 'closed' ? 'closed' : draft ? 'draft' : 'open', merged: null };
  const merged = commit == null ? null : await mergedAs(api, place, { commit, most: pull.commits ?? 1 });
  return { kind: 'pull', state: 'merged', merged };
}

/** A merge commit has two parents; of a rebase there are as many commits as were pushed, each with the run's own words. */
async function mergedAs(
  api: GithubApi,
  { runId }: PullPlace,
  { commit, most }: { commit: string; most: number },
): Promise<{ how: 'merge' | 'commit'; commits: string[] }> {
  const last = await api.commit(commit);
  if (last.parents.length > 1) return { how: 'merge', commits: [commit] };
  const commits = [commit];
  let [before] = last.parents;
  while (before !== undefined && commits.length < Math.min(most, MAX_COMMITS)) {
    const { message, parents } = await api.commit(before);
    if (!message.split('\n').includes(`Baton-Run: ${runId}`)) break;
    commits.push(before);
    [before] = parents;
  }
  return { how: 'commit', commits };
}
