/**
 * The forge port. Each call is one outside effect and follows probe, do, confirm: calling it again after
 * an unknown outcome finds the thing done and repeats nothing.
 */
import type { PullRequest } from '../core/events.ts';

export interface ForgeRequest {
  runId: string;
  repo: { name: string; path: string; baseRef: string; baseCommit: string };
  /** The engine's bare store that holds the commit. */
  store: string;
  branch: string;
  head: string;
  title: string;
  body: string;
  /** Hidden text that says the pull request is this run's. */
  marker: string;
}

export type ForgeOutcome =
  | { kind: 'confirmed'; performed: boolean; pullRequest: PullRequest | null }
  /** Somebody else's branch or pull request is there, or the forge says no for good: a person decides. */
  | { kind: 'refused'; detail: string }
  | { kind: 'failed'; detail: string; retryable: boolean };

export interface Forge {
  readonly name: string;
  /** Never forces. A branch that holds anything but this run's own commits is refused. */
  pushBranch(request: ForgeRequest, signal: AbortSignal): Promise<ForgeOutcome>;
  /** Opens as a draft, or adopts the one with this branch and marker. */
  openPullRequest(request: ForgeRequest, signal: AbortSignal): Promise<ForgeOutcome>;
  /** Writes the cross-links of all pull requests of the run into the body. */
  linkPullRequests(request: ForgeRequest, all: PullRequest[], signal: AbortSignal): Promise<ForgeOutcome>;
  markReady(request: ForgeRequest, signal: AbortSignal): Promise<ForgeOutcome>;
}
