/**
 * The forge port. Each call is one outside effect and follows probe, do, confirm: calling it again after
 * an unknown outcome finds the thing done and repeats nothing.
 */
import type { PullRequest } from '../core/records.ts';

/** Where a run's branch and pull request of one repository are, or would be. */
export interface ForgePlace {
  runId: string;
  repo: { name: string; path: string; baseRef: string; baseCommit: string };
  /** The engine's bare store that holds the commit. */
  store: string;
  branch: string;
  /** Hidden text that says the pull request is this run's. */
  marker: string;
}

/** What a pull request is found by. */
export type PullPlace = Omit<ForgePlace, 'store'>;

/** What became of a run's pull request. */
export type ForgePull =
  | {
      kind: 'pull';
      /** `none`: there is none of this run's. */
      state: 'none' | 'draft' | 'open' | 'closed' | 'merged';
      /** What brought it to the base branch, the last commit first: one merge commit, or its own; null: it is not merged, or the forge does not say. */
      merged: { how: 'merge' | 'commit'; commits: string[] } | null;
    }
  | Exclude<ForgeOutcome, { kind: 'confirmed' }>;

export interface ForgeRequest extends ForgePlace {
  head: string;
  title: string;
  body: string;
  /** An earlier try of the same may have got through, and nobody knows. Absent: none was made. */
  triedBefore?: true;
  /** The signed envelope of the statement about it, as JSON; attached where people and `verify` find it. Absent: there is none. */
  statement?: string;
}

export type ForgeOutcome =
  /** `notes`: what could not be done of it and stops nothing. */
  | { kind: 'confirmed'; performed: boolean; pullRequest: PullRequest | null; notes?: string[] }
  /** Somebody else's branch or pull request is there, or the forge says no for good: a person decides. */
  | { kind: 'refused'; detail: string }
  /**
   * `waitMs`: how long the forge is left alone, in milliseconds. `grows`: it did not say so itself, and each further wait is longer, from `waitMs` or
   * else from the run's pause between tries; such failures cost no try.
   */
  | { kind: 'failed'; detail: string; retryable: boolean; waitMs?: number; grows?: true };

/** A repository of the user's, before there is a run. */
export interface ForgeRepository {
  name: string;
  path: string;
}

/** One check of the forge's own (a check run, a commit status) of one commit. */
export interface ForgeCheck {
  name: string;
  /** `neutral`: it ended and says neither, as a skipped one does. */
  state: 'running' | 'passed' | 'failed' | 'neutral';
  /** What it says of itself, in short; empty where it says nothing. */
  detail: string;
  url: string | null;
  /** What it says of lines. */
  notes: { path: string; line: number; text: string }[];
}

export type ForgeChecks =
  | { kind: 'checks'; checks: ForgeCheck[] }
  | Exclude<ForgeOutcome, { kind: 'confirmed' }>;

/** What somebody said of a pull request as a whole; of several by one person the last one that is a judgement. */
export interface ForgeReview {
  author: string;
  state: 'approved' | 'changes_requested';
  /** Whether they may write to the repository: whoever may not has nothing to say here. */
  mayWrite: boolean;
  /** What it was said of. */
  commit: string;
  text: string;
  comments: { path: string; line: number | null; text: string }[];
  url: string | null;
}

export type ForgeReviews =
  | { kind: 'reviews'; state: 'open' | 'merged' | 'closed'; head: string; reviews: ForgeReview[] }
  | Exclude<ForgeOutcome, { kind: 'confirmed' }>;

/** What Baton itself says of a commit at the forge. */
export interface ForgeStatus {
  state: 'pending' | 'success' | 'failure';
  /** At most 140 characters; begins as `statusPrefix` says, so that it can be told from somebody else's. */
  description: string;
}

/** What its status is called; branch protection asks for it by this name. */
export const STATUS_NAME = 'baton';

/** What every description of a run's own status begins with. */
export function statusPrefix({ runId }: Pick<ForgePlace, 'runId'>): string {
  return `${runId}: `;
}

/** Who is asked to look at a pull request, by their names at the forge. */
export interface ForgeReviewers {
  people: readonly string[];
  teams: readonly string[];
}

export type ForgeBase =
  /** null: there is no such branch. */
  { kind: 'base'; commit: string | null } | Exclude<ForgeOutcome, { kind: 'confirmed' }>;

export interface Forge {
  readonly name: string;
  /** Whether it checks commits itself. */
  readonly hasChecks: boolean;
  /** What would keep a run from submitting, in sentences, looked at before it starts. */
  preflight(repositories: readonly ForgeRepository[], signal: AbortSignal): Promise<string[]>;
  /** The commit that the base branch holds now, brought into the engine's store. Changes nothing at the forge. */
  readBase(place: ForgePlace, signal: AbortSignal): Promise<ForgeBase>;
  /**
   * Whether a push and a pull request could be made now, as far as it is seen without one: the forge answers, takes the token and a
   * push, has the base, and nobody else holds the branch. Changes nothing; confirmed as not performed.
   */
  preparePush(request: ForgeRequest, signal: AbortSignal): Promise<ForgeOutcome>;
  /** Never forces. A branch that holds anything but this run's own commits is refused. */
  pushBranch(request: ForgeRequest, signal: AbortSignal): Promise<ForgeOutcome>;
  /** Opens as a draft, or adopts the one with this branch and marker. */
  openPullRequest(request: ForgeRequest, signal: AbortSignal): Promise<ForgeOutcome>;
  /** Writes the cross-links of all pull requests of the run into the body, and what the engine says of the change now. */
  linkPullRequests(request: ForgeRequest, all: PullRequest[], signal: AbortSignal): Promise<ForgeOutcome>;
  markReady(request: ForgeRequest, signal: AbortSignal): Promise<ForgeOutcome>;
  /** Adds those that the pull request does not have. Others stay. */
  setLabels(request: ForgeRequest, labels: readonly string[], signal: AbortSignal): Promise<ForgeOutcome>;
  /** Asks those who were not asked yet, and who did not look on their own. Whoever cannot be asked stands in the notes. */
  askReviewers(request: ForgeRequest, wanted: ForgeReviewers, signal: AbortSignal): Promise<ForgeOutcome>;
  /** Sets the status `STATUS_NAME` of the submitted commit. One of somebody else's is left as it is, and told of. */
  setStatus(request: ForgeRequest, status: ForgeStatus, signal: AbortSignal): Promise<ForgeOutcome>;
  /** Writes the run's one comment at its pull request, in the place of what it said before. */
  writeComment(request: ForgeRequest, text: string, signal: AbortSignal): Promise<ForgeOutcome>;
  /** Closes the run's own draft. Confirmed without a pull request where there is none; one that is no draft any more is refused. */
  closePullRequest(place: ForgePlace, signal: AbortSignal): Promise<ForgeOutcome>;
  /** Deletes the run's own branch. One that holds anything but what this run pushed is refused. */
  deleteBranch(place: ForgePlace, signal: AbortSignal): Promise<ForgeOutcome>;
  /** What the forge's own checks say of a commit that was pushed; of several with a name the latest, and without the run's own status. Changes nothing. */
  readChecks(place: ForgePlace, commit: string, signal: AbortSignal): Promise<ForgeChecks>;
  /** What became of the run's pull request, also long after the run. Changes nothing. */
  readPull(place: PullPlace, signal: AbortSignal): Promise<ForgePull>;
  /** What became of the run's pull request, and what people say of it. Changes nothing. */
  readReviews(place: ForgePlace, signal: AbortSignal): Promise<ForgeReviews>;
}
