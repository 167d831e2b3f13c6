/** What the loopback forge is worth: GitHub's own client, as it comes, takes it for GitHub. */
import { Octokit } from '@octokit/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FORGE_TOKEN, openGithubRig, type GithubRig } from '../../forges/testing/github-rig.ts';
import type { ForgeRequest } from '../../forges/forge.ts';

let rig: GithubRig;
let request: ForgeRequest;
let octokit: Octokit;
beforeEach(async () => {
  rig = await openGithubRig();
  request = await rig.request({ 'b.txt': 'two\n' });
  await rig.open().pushBranch(request, AbortSignal.timeout(20_000));
  octokit = new Octokit({ baseUrl: `${rig.server.url}/api/v3`, auth: FORGE_TOKEN });
});
afterEach(() => rig[Symbol.asyncDispose]());

const place = { owner: 'acme', repo: 'api' };
const open = () =>
  octokit.request('POST /repos/{owner}/{repo}/pulls', {
    ...place,
    title: 'Add b',
    body: 'Why.',
    head: request.branch,
    base: 'main',
    draft: true,
  });

it('an unmodified Octokit opens, lists, reads, changes, marks and merges a pull request', async () => {
  const made = await open();
  expect([made.status, made.data.number, made.data.draft, made.data.head.sha]).toEqual([
    201,
    1,
    true,
    request.head,
  ]);
  const listed = await octokit.request('GET /repos/{owner}/{repo}/pulls', {
    ...place,
    head: `acme:${request.branch}`,
  });
  expect(listed.data).toMatchObject([{ number: 1, title: 'Add b', state: 'open' }]);
  await expect(open()).rejects.toMatchObject({
    status: 422,
    message: expect.stringContaining('already exists'),
  });
  const one = { ...place, pull_number: 1 };
  await octokit.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
    ...one,
    title: 'Add b well',
    body: 'So.',
  });
  const seen = await octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', one);
  expect(seen.data).toMatchObject({ title: 'Add b well', body: 'So.', merged: false, commits: 1 });
  const ready = await octokit.graphql(
    `mutation ($id: ID!) { markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft } } }`,
    { id: made.data.node_id },
  );
  expect(ready).toEqual({ markPullRequestReadyForReview: { pullRequest: { isDraft: false } } });
  const merged = await octokit.request('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', one);
  expect(rig.headOf('main')).toBe(merged.data.sha);
  const after = await octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', one);
  expect(after.data).toMatchObject({ state: 'closed', merged: true, merge_commit_sha: merged.data.sha });
});

it('an unmodified Octokit sets labels, people, comments and a status, and reads checks and reviews', async () => {
  rig.server.people.collaborators.push('ada');
  await open();
  const issue = { ...place, issue_number: 1 };
  const labels = await octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', {
    ...issue,
    labels: ['baton'],
  });
  expect(labels.data).toMatchObject([{ name: 'baton' }]);
  const asked = await octokit.request('POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', {
    ...place,
    pull_number: 1,
    reviewers: ['ada'],
  });
  expect(asked.data.requested_reviewers).toMatchObject([{ login: 'ada' }]);
  const said = await octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    ...issue,
    body: 'One',
  });
  const comment = { ...place, comment_id: said.data.id };
  await octokit.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
    ...comment,
    body: 'Two',
  });
  expect(rig.server.comments).toMatchObject([{ body: 'Two' }]);
  await octokit.request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', comment);
  expect(rig.server.comments).toEqual([]);
  const at = { ...place, sha: request.head };
  await octokit.request('POST /repos/{owner}/{repo}/statuses/{sha}', {
    ...at,
    state: 'success',
    context: 'baton',
  });
  const ref = { ...place, ref: request.head };
  const status = await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}/status', ref);
  expect(status.data.statuses).toMatchObject([{ context: 'baton', state: 'success' }]);
  rig.server.checks.push({
    repository: 'acme/api',
    commit: request.head,
    name: 'test',
    conclusion: 'success',
  });
  const checks = await octokit.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', ref);
  expect(checks.data.check_runs).toMatchObject([
    { name: 'test', status: 'completed', conclusion: 'success' },
  ]);
  const review = {
    repository: 'acme/api',
    number: 1,
    user: 'ada',
    permission: 'write',
    commit: request.head,
    body: '',
  };
  rig.server.reviews.push({ ...review, state: 'APPROVED' });
  const reviews = await octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', {
    ...place,
    pull_number: 1,
  });
  expect(reviews.data).toMatchObject([{ user: { login: 'ada' }, state: 'APPROVED' }]);
});

it('an unmodified Octokit is told of a wrong token, of what is not there, and of errors of GraphQL', async () => {
  const stranger = new Octokit({ baseUrl: `${rig.server.url}/api/v3`, auth: 'wrong' });
  await expect(stranger.request('GET /repos/{owner}/{repo}', place)).rejects.toMatchObject({ status: 401 });
  await expect(
    octokit.request('GET /repos/{owner}/{repo}', { ...place, repo: 'none' }),
  ).rejects.toMatchObject({ status: 404 });
  await expect(octokit.graphql('mutation { markPullRequestReadyForReview }', { id: 'none' })).rejects.toThrow(
    'Could not resolve to a node',
  );
});
