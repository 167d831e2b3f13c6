/** What became of a pull request, as a forge on loopback says that merges with git. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { userGit } from '../../workspace/temporary-repository.ts';
import { FORGE_TOKEN, openGithubRig, type GithubRig } from '../testing/github-rig.ts';
import type { ForgePull, ForgeRequest } from '../forge.ts';

let rig: GithubRig;
let request: ForgeRequest;
beforeEach(async () => {
  rig = await openGithubRig();
  request = await rig.request({ 'b.txt': 'two\n' });
});
afterEach(() => rig[Symbol.asyncDispose]());

const signal = (): AbortSignal => AbortSignal.timeout(20_000);
const readPull = (): Promise<ForgePull> => rig.open().readPull(request, signal());
const at = (...args: string[]): string =>
  userGit(rig.server.pathOf('acme/api'), '-c', 'user.name=A', '-c', 'user.email=a@b', ...args);

async function open(): Promise<void> {
  await rig.open().pushBranch(request, signal());
  await rig.open().openPullRequest(request, signal());
}

async function merge(way: string): Promise<string> {
  const answer = await fetch(`${rig.server.url}/api/v3/repos/acme/api/pulls/1/merge`, {
    method: 'PUT',
    headers: { authorization: `token ${FORGE_TOKEN}` },
    body: JSON.stringify({ merge_method: way }),
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { sha: string }).sha; // of our own forge
}

it('R48: is none, a draft, open, merged or closed', async () => {
  expect(await readPull()).toEqual({ kind: 'pull', state: 'none', merged: null });
  await open();
  expect(await readPull()).toMatchObject({ state: 'draft' });
  await rig.open().markReady(request, signal());
  expect(await readPull()).toMatchObject({ state: 'open', merged: null });
  const sha = await merge('merge');
  expect(await readPull()).toEqual({
    kind: 'pull',
    state: 'merged',
    merged: { how: 'merge', commits: [sha] },
  });
  expect(rig.headOf('main')).toBe(sha);
});

it('R48: of a rebase all commits of the run are named, the last one first, and none of anybody else', async () => {
  await open();
  await rig.open().markReady(request, signal());
  const commit = (parent: string, words: string): string =>
    at('commit-tree', `${request.head}^{tree}`, '-p', parent, '-m', words);
  const theirs = commit('main', 'Theirs');
  at('update-ref', 'refs/heads/main', theirs);
  const one = commit(theirs, `One\n\nBaton-Run: ${request.runId}`);
  const two = commit(one, `Two\n\nBaton-Run: ${request.runId}`);
  at('update-ref', `refs/heads/${request.branch}`, two);
  const sha = await merge('rebase');
  const before = at('rev-parse', `${sha}^`);
  expect(await readPull()).toMatchObject({ merged: { how: 'commit', commits: [sha, before] } });
});

it('what its base holds after somebody’s push is merged, and one whose branch somebody deleted is closed', async () => {
  await open();
  // Somebody else's push, to the base: the forge is in this process, so that nothing here may wait for git.
  const address = `${rig.server.url.replace('://', `://x-access-token:${FORGE_TOKEN}@`)}/acme/api.git`;
  const push = ['push', '-q', address, `${request.head}:refs/heads/main`];
  await promisify(execFile)('git', ['--git-dir', request.store, ...push]);
  expect(await readPull()).toMatchObject({
    state: 'merged',
    merged: { how: 'commit', commits: [request.head] },
  });
  const other = await rig.request(
    { 'c.txt': 'three\n' },
    { branch: 'baton/other', marker: '<!-- other -->' },
  );
  await rig.open().pushBranch(other, signal());
  await rig.open().openPullRequest(other, signal());
  await rig.open().deleteBranch(other, signal());
  expect(await rig.open().readPull(other, signal())).toMatchObject({ state: 'closed', merged: null });
});
