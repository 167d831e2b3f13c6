/** The calls of GitHub's API that pull requests take, checked where they come in. Source: docs.github.com/en/rest/pulls */
import { Octokit } from '@octokit/core';
import { RequestError } from '@octokit/request-error';
import { z } from 'zod';
import { createBesideApi, type BesideApi } from './beside-api.ts';
import { fetchWithin } from './fetch-within.ts';
import { allPages, PAGE, read } from './read-reply.ts';
import type { Environment, ForgeRemote } from './remote.ts';

const MAX_NOTES = 20;

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

const pullSchema = z.object({
  number: z.int().positive(),
  node_id: z.string().max(300),
  html_url: z.url({ protocol: /^https?$/ }).max(2_000),
  state: z.enum(['open', 'closed']),
  draft: z.boolean().default(false),
  merged_at: z.string().nullish(),
  /** What brought it to the base, where it is merged. */
  merge_commit_sha: z.string().regex(COMMIT).nullish(),
  /** How many it has; told of one pull request alone. */
  commits: z.int().nonnegative().optional(),
  title: z.string(),
  body: z.string().nullable(),
  head: z.object({ ref: z.string(), sha: z.string().regex(COMMIT) }),
  base: z.object({ ref: z.string() }),
  labels: z.array(z.object({ name: z.string() })).default([]),
  requested_reviewers: z.array(z.object({ login: z.string() })).default([]),
  requested_teams: z.array(z.object({ slug: z.string() })).default([]),
});

const commitSchema = z.object({
  message: z.string(),
  parents: z.array(z.object({ sha: z.string().regex(COMMIT) })),
});

const checkSchema = z.object({
  id: z.int(),
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
  html_url: z.string().nullish(),
  output: z
    .object({
      title: z.string().nullish(),
      summary: z.string().nullish(),
      annotations_count: z.int().default(0),
    })
    .optional(),
});
const checksSchema = z.object({ check_runs: z.array(checkSchema) });
const statusSchema = z.object({
  statuses: z.array(
    z.object({
      context: z.string(),
      state: z.string(),
      description: z.string().nullish(),
      target_url: z.string().nullish(),
    }),
  ),
});
const noteSchema = z.object({
  path: z.string(),
  start_line: z.int(),
  annotation_level: z.string().nullish(),
  message: z.string().nullish(),
});

const reviewSchema = z.object({
  id: z.int(),
  user: z.object({ login: z.string().regex(/^[\w.[\]-]{1,100}$/) }).nullable(),
  state: z.string(),
  body: z.string().nullish(),
  commit_id: z.string().nullish(),
  html_url: z.string().nullish(),
});
const commentSchema = z.object({ path: z.string(), line: z.int().nullish(), body: z.string().nullish() });
const permissionSchema = z.object({ permission: z.string() });

export type GithubReview = z.output<typeof reviewSchema>;
export type GithubComment = z.output<typeof commentSchema>;
export type GithubCheck = z.output<typeof checkSchema>;
export type GithubStatus = z.output<typeof statusSchema>['statuses'][number];
export type GithubNote = z.output<typeof noteSchema>;
export type GithubPull = z.output<typeof pullSchema>;

const changedSchema = z.object({ pullRequest: z.object({ isDraft: z.boolean() }) });
const markedReadySchema = z.object({ markPullRequestReadyForReview: changedSchema });
const madeDraftSchema = z.object({ convertPullRequestToDraft: changedSchema });
const repositorySchema = z.object({
  archived: z.boolean().default(false),
  permissions: z.object({ push: z.boolean() }).optional(),
});

export interface GithubApi extends BesideApi {
  /** `mayPush`: true also where the server does not say. */
  repository(): Promise<{ archived: boolean; mayPush: boolean }>;
  /** Those of this repository's own branch, in any state, the newest first. */
  pullsOf(branch: string): Promise<GithubPull[]>;
  /** The one with this number. */
  pull(number: number): Promise<GithubPull>;
  commit(sha: string): Promise<{ message: string; parents: string[] }>;
  open(wanted: {
    title: string;
    body: string;
    head: string;
    base: string;
    draft: boolean;
  }): Promise<GithubPull>;
  update(number: number, change: { title?: string; body?: string; state?: 'closed' }): Promise<GithubPull>;
  markReady(pull: GithubPull): Promise<void>;
  makeDraft(pull: GithubPull): Promise<void>;
  /** The latest run of each check of a commit. */
  checksOf(commit: string): Promise<GithubCheck[]>;
  /** The latest status of each context of a commit. */
  statusesOf(commit: string): Promise<GithubStatus[]>;
  /** Of a pull request, the oldest first. */
  reviewsOf(pull: number): Promise<GithubReview[]>;
  /** What a review says of lines, the first ones of it. */
  commentsOf(pull: number, review: number): Promise<GithubComment[]>;
  /** false also where GitHub knows nothing of that person here. */
  mayWrite(user: string): Promise<boolean>;
  /** What a check says of lines, the first ones of it. */
  notesOf(check: number): Promise<GithubNote[]>;
}

export function createGithubApi(
  remote: ForgeRemote,
  access: { token: string | null; signal: AbortSignal; environment: Environment; callTimeoutMs?: number },
): GithubApi {
  const octokit = new Octokit({
    ...(access.token === null ? {} : { auth: access.token }),
    baseUrl: remote.api,
    userAgent: 'baton',
    request: {
      fetch: fetchWithin(access.signal, access.environment, access.callTimeoutMs),
      redirect: 'manual',
    },
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
  const place = { owner: remote.owner, repo: remote.name };
  return {
    ...createBesideApi(octokit, place),
    async repository() {
      const { data } = await octokit.request('GET /repos/{owner}/{repo}', place);
      const { archived, permissions } = read(repositorySchema, data);
      return { archived, mayPush: permissions?.push ?? true };
    },
    async pullsOf(branch) {
      const { data } = await octokit.request('GET /repos/{owner}/{repo}/pulls', {
        ...place,
        head: `${remote.owner}:${branch}`,
        state: 'all',
        sort: 'created',
        direction: 'desc',
        per_page: 100,
      });
      return read(z.array(pullSchema), data).filter((pull) => pull.head.ref === branch);
    },
    async pull(number) {
      const { data } = await octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
        ...place,
        pull_number: number,
      });
      return read(pullSchema, data);
    },
    async commit(commit_sha) {
      const of = { ...place, commit_sha };
      const { data } = await octokit.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', of);
      const { message, parents } = read(commitSchema, data);
      return { message, parents: parents.map(({ sha }) => sha) };
    },
    async open(wanted) {
      const { data } = await octokit.request('POST /repos/{owner}/{repo}/pulls', { ...place, ...wanted });
      return read(pullSchema, data);
    },
    async update(number, change) {
      const { data } = await octokit.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
        ...place,
        pull_number: number,
        ...change,
      });
      return read(pullSchema, data);
    },
    async checksOf(commit) {
      return allPages('checks', async (page) => {
        const { data } = await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
          ...place,
          ref: commit,
          filter: 'latest',
          ...page,
        });
        return read(checksSchema, data).check_runs;
      });
    },
    async statusesOf(commit) {
      return allPages('statuses', async (page) => {
        const { data } = await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}/status', {
          ...place,
          ref: commit,
          ...page,
        });
        return read(statusSchema, data).statuses;
      });
    },
    async reviewsOf(pull_number) {
      return allPages('reviews', async (page) => {
        const { data } = await octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', {
          ...place,
          pull_number,
          ...page,
        });
        return read(z.array(reviewSchema), data);
      });
    },
    async commentsOf(pull_number, review_id) {
      const { data } = await octokit.request(
        'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/comments',
        { ...place, pull_number, review_id, per_page: PAGE },
      );
      return read(z.array(commentSchema), data);
    },
    async mayWrite(username) {
      try {
        const { data } = await octokit.request(
          'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
          { ...place, username },
        );
        return ['admin', 'write', 'maintain'].includes(read(permissionSchema, data).permission);
      } catch (error) {
        if (error instanceof RequestError && error.status === 404) return false;
        throw error;
      }
    },
    async notesOf(check) {
      const { data } = await octokit.request(
        'GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations',
        {
          ...place,
          check_run_id: check,
          per_page: MAX_NOTES,
        },
      );
      return read(z.array(noteSchema), data);
    },
    // REST has no way to make a draft ready. What is no reply of GraphQL's is nothing but empty to its client.
    async markReady(pull) {
      const data: unknown = await octokit.graphql(
        `mutation ($id: ID!) { markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft } } }`,
        { id: pull.node_id },
      );
      read(markedReadySchema, data);
    },
    async makeDraft(pull) {
      const data: unknown = await octokit.graphql(
        `mutation ($id: ID!) { convertPullRequestToDraft(input: { pullRequestId: $id }) { pullRequest { isDraft } } }`,
        { id: pull.node_id },
      );
      read(madeDraftSchema, data);
    },
  };
}

function ignore(): void {}
