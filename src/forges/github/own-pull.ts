/** The run's own pull request at GitHub: how it is found again, and whether it still is what was reviewed. */
import type { PullRequest } from '../../core/records.ts';
import type { ForgeOutcome, ForgePlace, ForgeRequest, PullPlace } from '../forge.ts';
import type { GithubApi, GithubPull } from './github-api.ts';

/** The pull request of this branch that counts: the run's own, else one that is open. Closed ones of others are history. */
export async function pullOf(api: GithubApi, place: PullPlace): Promise<GithubPull | null> {
  const all = await api.pullsOf(place.branch);
  return all.find((pull) => isOurs(place, pull)) ?? all.find((pull) => pull.state === 'open') ?? null;
}

export function isOurs(place: Pick<PullPlace, 'marker'>, pull: GithubPull): boolean {
  return (pull.body ?? '').includes(place.marker);
}

/**
 * One that a person closed is not opened again behind their back. What was reviewed is one commit against one base: where
 * either is another one now, nothing is marked, linked or reported as ready.
 */
export function adopted(request: ForgeRequest, pull: GithubPull): ForgeOutcome {
  const refusal = whyNotTaken(request, pull);
  if (refusal !== null) return { kind: 'refused', detail: refusal };
  if (pull.head.sha === request.head) return confirmed(request, pull, false);
  // GitHub may not have seen a push yet: the next look tells.
  const detail = `Pull request ${pull.html_url} holds ${pull.head.sha.slice(0, 12)}, and ${request.head.slice(0, 12)} was reviewed.`;
  return { kind: 'failed', detail, retryable: true };
}

/** Why nothing more is done to it, also where its branch is still to be pushed; null: it can go on. */
export function whyNotTaken(request: ForgeRequest, pull: GithubPull): string | null {
  if (!isOurs(request, pull)) return notOurs(pull).detail;
  const { html_url: url, head, base } = pull;
  const isMerged = pull.merged_at != null;
  if (pull.state === 'closed' && !isMerged) return `Pull request ${url} was closed by somebody.`;
  if (base.ref !== request.repo.baseRef)
    return `Pull request ${url} is for ${base.ref} now, and was reviewed for ${request.repo.baseRef}.`;
  return isMerged && head.sha !== request.head
    ? `Pull request ${url} was merged with ${head.sha.slice(0, 12)}, and ${request.head.slice(0, 12)} was reviewed.`
    : null;
}

export async function changeOwn(
  api: GithubApi,
  request: ForgeRequest,
  change: (pull: GithubPull) => Promise<ForgeOutcome>,
): Promise<ForgeOutcome> {
  const pull = await pullOf(api, request);
  if (pull === null) return notSeen(request);
  const found = adopted(request, pull);
  return found.kind === 'confirmed' ? change(pull) : found;
}

export function confirmed(place: ForgePlace, pull: GithubPull, performed: boolean): ForgeOutcome {
  return { kind: 'confirmed', performed, pullRequest: pullRequestOf(place, pull) };
}

function pullRequestOf(place: ForgePlace, pull: GithubPull): PullRequest {
  const isGone = pull.state === 'closed' && pull.merged_at == null;
  return {
    repo: place.repo.name,
    number: pull.number,
    url: pull.html_url,
    branch: pull.head.ref,
    base: pull.base.ref,
    head: pull.head.sha,
    state: isGone ? 'closed' : pull.draft ? 'draft' : 'ready',
  };
}

export function beside(
  place: ForgePlace,
  pull: GithubPull,
  { performed, notes }: { performed: boolean; notes: string[] },
): ForgeOutcome {
  return { kind: 'confirmed', performed, pullRequest: pullRequestOf(place, pull), notes };
}

/** It was opened before: a list that does not show it yet may show it a moment later. */
export function notSeen({ branch }: ForgePlace): ForgeOutcome & { kind: 'failed' } {
  return { kind: 'failed', detail: `GitHub shows no pull request for ${branch}.`, retryable: true };
}

export function stillDraft(pull: GithubPull): ForgeOutcome {
  const detail = `Pull request ${pull.html_url} is still a draft after it was marked ready.`;
  return { kind: 'failed', detail, retryable: true };
}

export function notOurs(pull: GithubPull): ForgeOutcome & { kind: 'refused' } {
  return { kind: 'refused', detail: `Pull request ${pull.html_url} belongs to somebody else.` };
}
