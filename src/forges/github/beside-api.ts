/** The calls of GitHub's API for what stands beside a pull request. Source: docs.github.com/en/rest/issues/labels, …/pulls/review-requests, …/commits/statuses */
import type { Octokit } from '@octokit/core';
import { z } from 'zod';
import { read } from './read-reply.ts';

const labelsSchema = z.array(z.object({ name: z.string() }));
const madeStatusSchema = z.object({ context: z.string(), state: z.string() });
const askedSchema = z.object({
  requested_reviewers: z.array(z.object({ login: z.string() })).default([]),
  requested_teams: z.array(z.object({ slug: z.string() })).default([]),
});

export interface BesideApi {
  /** Adds them; one that the repository does not have is made by GitHub. Returns all that it has now. */
  addLabels(pull: number, labels: readonly string[]): Promise<string[]>;
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
