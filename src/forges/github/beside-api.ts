/** The calls of GitHub's API for what stands beside a pull request. Source: docs.github.com/en/rest/issues/labels, …/pulls/review-requests, …/commits/statuses, …/issues/comments */
import type { Octokit } from '@octokit/core';
import { RequestError } from '@octokit/request-error';
import { z } from 'zod';
import { MAX_PAGES, PAGE, read, TooLongList } from './read-reply.ts';

const labelsSchema = z.array(z.object({ name: z.string() }));
const madeStatusSchema = z.object({ context: z.string(), state: z.string() });
const askedSchema = z.object({
  requested_reviewers: z.array(z.object({ login: z.string() })).default([]),
  requested_teams: z.array(z.object({ slug: z.string() })).default([]),
});

const madeCommentSchema = z.object({ id: z.int(), body: z.string() });
const ownCommentsSchema = z.object({
  node: z.object({
    comments: z.object({
      nodes: z.array(
        z.object({
          fullDatabaseId: z.union([z.int(), z.string().regex(/^\d{1,15}$/)]),
          body: z.string(),
          viewerDidAuthor: z.boolean(),
        }),
      ),
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    }),
  }),
});

/** REST does not say who the token belongs to, which differs between people, apps and bots. */
const OWN_COMMENTS = `query ($id: ID!, $after: String) { node(id: $id) { ... on PullRequest {
  comments(first: ${PAGE}, after: $after) {
    nodes { fullDatabaseId body viewerDidAuthor }
    pageInfo { hasNextPage endCursor }
  } } } }`;

export interface GithubOwnComment {
  id: number;
  body: string;
}

export interface BesideApi {
  /** Adds them; one that the repository does not have is made by GitHub. Returns all that it has now. */
  addLabels(pull: number, labels: readonly string[]): Promise<string[]>;
  /** Those that the token's owner wrote below a pull request, the oldest first. */
  ownComments(pull: { node_id: string }): Promise<GithubOwnComment[]>;
  addComment(pull: number, body: string): Promise<void>;
  changeComment(comment: number, body: string): Promise<void>;
  /** One that is gone already is as good. */
  removeComment(comment: number): Promise<void>;
  setStatus(
    commit: string,
    status: { context: string; state: 'pending' | 'success' | 'failure'; description: string },
  ): Promise<void>;
  /** Returns who is asked now. Somebody who cannot be asked fails it for all, with 422. */
  ask(
    pull: number,
    wanted: { people: readonly string[]; teams: readonly string[] },
  ): Promise<{ people: string[]; teams: string[] }>;
}

export function createBesideApi(octokit: Octokit, place: { owner: string; repo: string }): BesideApi {
  return {
    async addLabels(issue_number, labels) {
      const { data } = await octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', {
        ...place,
        issue_number,
        labels: [...labels],
      });
      return read(labelsSchema, data).map(({ name }) => name);
    },
    async ownComments({ node_id: id }) {
      const own: GithubOwnComment[] = [];
      let after: string | null = null;
      for (let page = 1; page <= MAX_PAGES; page += 1) {
        const data: unknown = await octokit.graphql(OWN_COMMENTS, { id, after });
        const { nodes, pageInfo } = read(ownCommentsSchema, data).node.comments;
        for (const { fullDatabaseId, body, viewerDidAuthor } of nodes)
          if (viewerDidAuthor) own.push({ id: Number(fullDatabaseId), body });
        if (!pageInfo.hasNextPage) return own;
        after = pageInfo.endCursor;
      }
      throw new TooLongList(
        `There are more than ${MAX_PAGES * PAGE} comments, which is more than Baton reads`,
      );
    },
    async addComment(issue_number, body) {
      const to = { ...place, issue_number, body };
      const { data } = await octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', to);
      read(madeCommentSchema, data);
    },
    async changeComment(comment_id, body) {
      const to = { ...place, comment_id, body };
      const { data } = await octokit.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', to);
      read(madeCommentSchema, data);
    },
    async removeComment(comment_id) {
      const of = { ...place, comment_id };
      await octokit
        .request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', of)
        .catch((error: unknown) => {
          if (!(error instanceof RequestError) || error.status !== 404) throw error;
        });
    },
    async setStatus(sha, status) {
      const to = { ...place, sha, ...status };
      const { data } = await octokit.request('POST /repos/{owner}/{repo}/statuses/{sha}', to);
      read(madeStatusSchema, data);
    },
    async ask(pull_number, { people, teams }) {
      const { data } = await octokit.request(
        'POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers',
        { ...place, pull_number, reviewers: [...people], team_reviewers: [...teams] },
      );
      const asked = read(askedSchema, data);
      return {
        people: asked.requested_reviewers.map(({ login }) => login),
        teams: asked.requested_teams.map(({ slug }) => slug),
      };
    },
  };
}
