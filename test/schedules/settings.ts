/** What runs of schedules are told: how many repositories, what stands beside their pull requests, whether they wait for checks. */
import type { Following } from '../../src/core/records.ts';
import type { PullRequestConfig } from '../../src/definitions/config.ts';
import type { ForgeCall } from '../../src/testing/fake-forge/faults.ts';

export const SETTING_NAMES = ['bare', 'three', 'beside', 'followed'] as const;
export type SettingName = (typeof SETTING_NAMES)[number];

export interface Setting {
  names: readonly string[];
  pullRequests?: PullRequestConfig;
  follow?: Following;
  /** What the forge is asked in such a run, and what may go wrong there. */
  calls: readonly ForgeCall[];
  /** About so many requests a run makes where nothing goes wrong: one of them is its last. */
  requests: number;
}

/** Who is there to be asked at the forge. */
export const PEOPLE = { collaborators: ['ada', 'grace'], teams: ['backend'] };
/** She may not be asked: that is told, and nothing waits for it. */
const NO_COLLABORATOR = 'mallory';

const CALLS = ['git_look', 'git_push', 'find_pull', 'open_pull', 'update_pull', 'mark_ready'] as const;
const BESIDE_CALLS = ['set_labels', 'ask_reviewers', 'set_status', 'read_checks', 'read_reviews'] as const;
const COMMENT_CALLS = ['read_comments', 'write_comment'] as const;
const BESIDE: PullRequestConfig = {
  baseMoved: 'merge',
  labels: ['baton', 'needs review'],
  reviewers: ['ada', NO_COLLABORATOR],
  teamReviewers: ['backend'],
  status: true,
};

export const SETTINGS: Readonly<Record<SettingName, Setting>> = {
  bare: { names: ['client', 'service'], calls: CALLS, requests: 30 },
  three: {
    names: ['client', 'service', 'worker'],
    pullRequests: { baseMoved: 'merge', labels: ['baton'], status: true },
    calls: [...CALLS, 'set_labels', 'set_status', 'read_checks'],
    requests: 66,
  },
  beside: {
    names: ['client', 'service'],
    pullRequests: BESIDE,
    calls: [...CALLS, ...BESIDE_CALLS],
    requests: 62,
  },
  followed: {
    names: ['client', 'service'],
    pullRequests: { ...BESIDE, comment: true },
    follow: { for_ms: 4_000, every_ms: 20, grace_ms: 20 },
    // A comment is written in one repository alone, and would hardly ever be met.
    calls: [...CALLS, ...BESIDE_CALLS, ...COMMENT_CALLS, ...COMMENT_CALLS, ...COMMENT_CALLS],
    requests: 110,
  },
};

/** The repository whose first commit is red at the forge, where a run waits for that. */
export const RED_AT_FIRST = 'client';
