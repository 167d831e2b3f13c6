import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { PullRequest } from '../../core/records.ts';
import { commitFiles, createRepository, userGit } from '../../workspace/temporary-repository.ts';
import { openWorkspacesRig, ROOMY, type WorkspacesRig } from '../../workspace/workspaces-rig.ts';
import type { Forge, ForgeOutcome, ForgeRequest } from '../forge.ts';
import { createLocalForge } from './local-forge.ts';

const run = promisify(execFile);
const { signal } = new AbortController();

/** A request for the squashed change of the first (or named) repository. */
async function requestFor(
  rig: WorkspacesRig,
  files: Record<string, string>,
  changes: Partial<ForgeRequest> = {},
): Promise<ForgeRequest> {
  const { revision } = await rig.produce('build/a1', rig.base, files);
  const [made] = await rig.workspaces.squash({ ...squashOf(rig), head: revision });
  const [repo] = rig.repos;
  if (made === undefined || repo === undefined) throw new Error('no repository');
  return {
    runId: rig.runId,
    repo: { name: repo.name, path: repo.path, baseRef: repo.base_ref, baseCommit: repo.commit },
    store: rig.workspaces.storePath(rig.runId, repo.name),
    branch: 'baton/run1',
    head: made.commit,
    title: 'Add b',
    body: 'Why.',
    marker: '<!-- baton:run1 -->',
    ...changes,
  };
}

function squashOf(rig: WorkspacesRig): {
  runId: string;
  base: typeof rig.base;
  message: string;
  trailers: {};
} {
  return { runId: rig.runId, base: rig.base, message: 'Add b', trailers: {} };
}

function stateOf(rig: WorkspacesRig): string {
  return join(rig.dir, 'state');
}

function pullOf(outcome: ForgeOutcome): PullRequest {
  if (outcome.kind !== 'confirmed' || outcome.pullRequest === null) throw new Error(JSON.stringify(outcome));
  return outcome.pullRequest;
}

function performed(outcome: ForgeOutcome): boolean | string {
  return outcome.kind === 'confirmed' ? outcome.performed : outcome.kind;
}

const FILES = { api: { 'a.txt': 'one\n' } };

describe('pushBranch', () => {
  it('KILL-2: finds the branch done when it is asked again, also by another process, and pushes nothing twice', async () => {
    using rig = await openWorkspacesRig(FILES);
    const request = await requestFor(rig, { 'b.txt': 'b\n' });
    expect(await openForge(rig).pushBranch(request, signal)).toEqual({
      kind: 'confirmed',
      performed: true,
      pullRequest: null,
    });
    expect(await openForge(rig).pushBranch(request, signal)).toEqual({
      kind: 'confirmed',
      performed: false,
      pullRequest: null,
    });
    const bare = join(stateOf(rig), 'forge', 'api.git');
    expect(userGit(bare, 'rev-parse', 'baton/run1', 'main')).toBe(`${request.head}\n${rig.repos[0]?.commit}`);
  });

  it('gives people a branch that they can fetch and compare', async () => {
    using rig = await openWorkspacesRig(FILES);
    const request = await requestFor(rig, { 'b.txt': 'b\n' });
    await openForge(rig).pushBranch(request, signal);
    const { url } = pullOf(await openForge(rig).openPullRequest(request, signal));
    userGit(rig.user('api'), 'fetch', '--quiet', url, request.branch);
    expect(userGit(rig.user('api'), 'diff', '--name-only', 'main...FETCH_HEAD')).toBe('b.txt');
  });

  it('continues its own branch and never forces', async () => {
    using rig = await openWorkspacesRig(FILES);
    const request = await requestFor(rig, { 'b.txt': 'b\n' });
    await openForge(rig).pushBranch(request, signal);
    const further = await continueFrom(rig, request.head, { 'b.txt': 'more\n' });
    const elsewhere = await continueFrom(rig, request.repo.baseCommit, { 'b.txt': 'other\n' });
    const refused = await openForge(rig).pushBranch({ ...request, head: elsewhere }, signal);
    expect(refused).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining('does not continue it'),
    });
    expect(performed(await openForge(rig).pushBranch({ ...request, head: further }, signal))).toBe(true);
    expect(userGit(join(stateOf(rig), 'forge', 'api.git'), 'rev-parse', 'baton/run1')).toBe(further);
  });

  it('refuses a branch that somebody else made or moved, even where the head would continue it', async () => {
    using rig = await openWorkspacesRig(FILES);
    const request = await requestFor(rig, { 'b.txt': 'b\n' });
    const bare = join(stateOf(rig), 'forge', 'api.git');
    await openForge(rig).pushBranch({ ...request, branch: 'other' }, signal);
    userGit(bare, 'branch', 'baton/run1', 'main');
    const detail = expect.stringContaining('did not push');
    expect(await openForge(rig).pushBranch(request, signal)).toMatchObject({ kind: 'refused', detail });
    expect(userGit(bare, 'rev-parse', 'baton/run1')).toBe(request.repo.baseCommit);
    const stranger = {
      ...request,
      branch: 'other',
      marker: 'another run',
      head: await continueFrom(rig, request.head, { c: 'c' }),
    };
    expect(await openForge(rig).pushBranch(stranger, signal)).toMatchObject({ kind: 'refused', detail });
  });

  it('refuses a branch name that cannot be, or that lies in the way of another', async () => {
    using rig = await openWorkspacesRig(FILES);
    const request = await requestFor(rig, { 'b.txt': 'b\n' });
    expect(performed(await openForge(rig).pushBranch({ ...request, branch: 'a..b' }, signal))).toBe(
      'refused',
    );
    await openForge(rig).pushBranch(request, signal);
    expect(
      performed(await openForge(rig).pushBranch({ ...request, branch: 'baton/run1/deeper' }, signal)),
    ).toBe('refused');
  });

  it('R76: pushes every modified repository, and those only', async () => {
    using rig = await openWorkspacesRig({ api: { a: 'a\n' }, web: { a: 'a\n' }, docs: { a: 'a\n' } });
    const workspace = await rig.workspaces.open(rig.runId, 'k', rig.base);
    for (const name of ['api', 'web']) writeFileSync(join(workspace.dir, name, 'new.txt'), `${name}\n`);
    const { revision } = await rig.snapshot(workspace);
    const made = await rig.workspaces.squash({ ...squashOf(rig), head: revision });
    expect(made.map(({ repo, changed }) => [repo, changed])).toEqual([
      ['api', true],
      ['web', true],
      ['docs', false],
    ]);
    for (const { repo, commit } of made.filter(({ changed }) => changed)) {
      const base = rig.repos.find(({ name }) => name === repo);
      if (base === undefined) throw new Error(repo);
      const { path, base_ref: baseRef, commit: baseCommit } = base;
      const store = rig.workspaces.storePath(rig.runId, repo);
      const texts = { title: 't', body: 'b', marker: 'm', branch: 'baton/run1' };
      const request = {
        runId: rig.runId,
        repo: { name: repo, path, baseRef, baseCommit },
        store,
        head: commit,
        ...texts,
      };
      expect(performed(await openForge(rig).pushBranch(request, signal))).toBe(true);
    }
    const remotes = readdirSync(join(stateOf(rig), 'forge')).filter((name) => name.endsWith('.git'));
    expect(remotes.sort()).toEqual(['api.git', 'web.git']);
    expect(userGit(join(stateOf(rig), 'forge', 'web.git'), 'show', 'baton/run1:new.txt')).toBe('web');
  });

  it('keeps two repositories of one name apart', async () => {
    using rig = await openWorkspacesRig(FILES);
    using other = await openWorkspacesRig({ api: { 'z.txt': 'other\n' } });
    const forge = createLocalForge({ stateDir: stateOf(rig) });
    expect(performed(await forge.pushBranch(await requestFor(rig, { b: 'b' }), signal))).toBe(true);
    expect(performed(await forge.pushBranch(await requestFor(other, { b: 'b' }), signal))).toBe(true);
    const remotes = readdirSync(join(stateOf(rig), 'forge')).filter((name) => name.endsWith('.git'));
    expect(remotes).toHaveLength(2);
  });

  it('GIT-2: pushes from a shallow clone and from a sha256 repository', async () => {
    using rig = await openWorkspacesRig({ api: { a: 'a\n' } }, (user) => {
      commitFiles(user('api'), { a: 'b\n' });
    });
    userGit(rig.dir, 'clone', '--quiet', '--depth=1', `file://${rig.user('api')}`, 'shallow');
    createRepository(join(rig.dir, 'long'), { a: 'a\n' }, '--object-format=sha256');
    for (const name of ['shallow', 'long']) {
      const { repos, base } = await rig.workspaces.inspect([{ path: join(rig.dir, name), ref: null }]);
      await rig.workspaces.adopt(name, repos);
      const workspace = await rig.workspaces.open(name, 'k', base);
      writeFileSync(join(workspace.dir, name, 'new.txt'), 'x\n');
      const order = { runId: name, base, message: 'm', limits: ROOMY };
      const { revision } = await rig.workspaces.snapshot({ ...order, workspace, key: 'k' });
      const [made] = await rig.workspaces.squash({ ...order, head: revision, trailers: {} });
      const repo = {
        name,
        path: join(rig.dir, name),
        baseRef: 'main',
        baseCommit: base.repos[0]?.commit ?? '',
      };
      const texts = { title: 't', body: 'b', marker: 'm', branch: 'baton/x' };
      const store = rig.workspaces.storePath(name, name);
      const outcome = await openForge(rig).pushBranch(
        { runId: name, repo, store, head: made?.commit ?? '', ...texts },
        signal,
      );
      expect(outcome).toMatchObject({ kind: 'confirmed', performed: true });
      const history = userGit(join(stateOf(rig), 'forge', `${name}.git`), 'log', '--format=%s', 'baton/x');
      expect(history).toBe('m\nChange');
    }
  });
});

describe('openPullRequest', () => {
  it('KILL-2, R77: opens one draft and finds it again ever after', async () => {
    using rig = await openWorkspacesRig(FILES);
    const request = await requestFor(rig, { 'b.txt': 'b\n' });
    await openForge(rig).pushBranch(request, signal);
    const first = await openForge(rig).openPullRequest(request, signal);
    const again = await openForge(rig).openPullRequest({ ...request, title: 'Other words' }, signal);
    expect([performed(first), performed(again)]).toEqual([true, false]);
    expect(pullOf(again)).toEqual(pullOf(first));
    expect(pullOf(first)).toMatchObject({
      repo: 'api',
      number: 1,
      branch: 'baton/run1',
      base: 'main',
      head: request.head,
      state: 'draft',
    });
    expect(readdirSync(join(stateOf(rig), 'forge', 'api'))).toEqual(['1.json']);
  });

  it('R77: leaves the pull request of somebody else alone', async () => {
    using rig = await openWorkspacesRig(FILES);
    const request = await requestFor(rig, { 'b.txt': 'b\n' });
    await openForge(rig).pushBranch(request, signal);
    await openForge(rig).openPullRequest({ ...request, marker: 'theirs' }, signal);
    const before = readFileSync(join(stateOf(rig), 'forge/api/1.json'), 'utf8');
    const tries = [
      await openForge(rig).openPullRequest(request, signal),
      await openForge(rig).markReady(request, signal),
      await openForge(rig).linkPullRequests(request, [otherPull()], signal),
    ];
    expect(tries.map(performed)).toEqual(['refused', 'refused', 'refused']);
    expect(readFileSync(join(stateOf(rig), 'forge/api/1.json'), 'utf8')).toBe(before);
  });

  it('fails without a pushed branch', async () => {
    using rig = await openWorkspacesRig(FILES);
    const outcome = await openForge(rig).openPullRequest(await requestFor(rig, { 'b.txt': 'b\n' }), signal);
    expect(outcome).toMatchObject({ kind: 'failed', retryable: false });
  });

  it('KILL-2: opens one pull request where four processes open it at once, and numbers different ones differently', async () => {
    using rig = await openWorkspacesRig(FILES);
    const request = await requestFor(rig, { 'b.txt': 'b\n' });
    for (const branch of ['baton/run1', 'baton/run2'])
      await openForge(rig).pushBranch({ ...request, branch }, signal);
    const program = join(rig.dir, 'open.ts');
    const forgeFile = new URL('local-forge.ts', import.meta.url).href;
    writeFileSync(
      program,
      `
      const { createLocalForge } = await import(${JSON.stringify(forgeFile)});
      const { stateDir, request } = JSON.parse(process.argv[2]);
      const outcome = await createLocalForge({ stateDir }).openPullRequest(request, new AbortController().signal);
      console.log(JSON.stringify(outcome));
    `,
    );
    const branches = ['baton/run1', 'baton/run2', 'baton/run1', 'baton/run2'];
    const outcomes = await Promise.all(
      branches.map(async (branch) => {
        const argument = JSON.stringify({ stateDir: stateOf(rig), request: { ...request, branch } });
        const { stdout } = await run(process.execPath, [program, argument]);
        return JSON.parse(stdout) as ForgeOutcome;
      }),
    );
    const byBranch = (wanted: string): ForgeOutcome[] =>
      outcomes.filter((_, index) => branches[index] === wanted);
    for (const branch of new Set(branches)) {
      expect(new Set(byBranch(branch).map(performed))).toEqual(new Set([true, false]));
    }
    expect(new Set(outcomes.map((outcome) => pullOf(outcome).number))).toEqual(new Set([1, 2]));
    expect(readdirSync(join(stateOf(rig), 'forge/api')).sort()).toEqual(['1.json', '2.json']);
  });
});

describe('linkPullRequests and markReady', () => {
  it('KILL-2: write links and state once, keep what people wrote, and find both done afterwards', async () => {
    using rig = await openWorkspacesRig(FILES);
    const request = await requestFor(rig, { 'b.txt': 'b\n' });
    await openForge(rig).pushBranch(request, signal);
    const own = pullOf(await openForge(rig).openPullRequest(request, signal));
    const file = join(stateOf(rig), 'forge/api/1.json');
    const link = (all: PullRequest[]): Promise<ForgeOutcome> =>
      openForge(rig).linkPullRequests(request, all, signal);
    expect(performed(await link([own]))).toBe(false);
    expect(performed(await link([own, otherPull()]))).toBe(true);
    const record = JSON.parse(readFileSync(file, 'utf8')) as { body: string };
    writeFileSync(file, JSON.stringify({ ...record, body: `${record.body}\nA person's words.` }));
    expect(performed(await link([own, otherPull()]))).toBe(false);
    expect(performed(await link([own, { ...otherPull(), number: 8 }]))).toBe(true);
    expect([
      performed(await openForge(rig).markReady(request, signal)),
      performed(await openForge(rig).markReady(request, signal)),
    ]).toEqual([true, false]);
    expect(pullOf(await openForge(rig).openPullRequest(request, signal)).state).toBe('ready');
    const { body } = JSON.parse(readFileSync(file, 'utf8')) as { body: string };
    expect(body.match(/web: /g)).toHaveLength(1);
    expect(body).toMatch(/^Why\.[^]*#8[^]*A person's words\.$/);
  });

  it('KILL-2: keep labels, who is asked to look, and the status of the commit beside the record, each once', async () => {
    using rig = await openWorkspacesRig(FILES);
    const request = await requestFor(rig, { 'b.txt': 'b\n' });
    await openForge(rig).pushBranch(request, signal);
    await openForge(rig).openPullRequest(request, signal);
    const wanted = { people: ['ada'], teams: ['backend'] };
    const both = async (): Promise<ForgeOutcome[]> => [
      await openForge(rig).setLabels(request, ['baton', 'baton'], signal),
      await openForge(rig).askReviewers(request, wanted, signal),
    ];
    expect([...(await both()), ...(await both())].map(performed)).toEqual([true, true, false, false]);
    const write = (text: string): Promise<ForgeOutcome> => openForge(rig).writeComment(request, text, signal);
    expect([await write('One.'), await write('One.'), await write('Two.')].map(performed)).toEqual([
      true,
      false,
      true,
    ]);
    const say = (state: 'pending' | 'success'): Promise<ForgeOutcome> =>
      openForge(rig).setStatus(request, { state, description: 'x' }, signal);
    const said = [await say('pending'), await say('pending'), await say('success')];
    expect(said.map(performed)).toEqual([true, false, true]);
    const status = join(stateOf(rig), `forge/api/${request.head}.status`);
    expect(JSON.parse(readFileSync(status, 'utf8'))).toEqual({ state: 'success', description: 'x' });
    expect(JSON.parse(readFileSync(join(stateOf(rig), 'forge/api/1.json'), 'utf8'))).toMatchObject({
      labels: ['baton'],
      reviewers: ['ada'],
      team_reviewers: ['backend'],
      comment: 'Two.',
    });
  });

  it('says which record is damaged instead of opening another', async () => {
    using rig = await openWorkspacesRig(FILES);
    const request = await requestFor(rig, { 'b.txt': 'b\n' });
    await openForge(rig).pushBranch(request, signal);
    await openForge(rig).openPullRequest(request, signal);
    writeFileSync(join(stateOf(rig), 'forge/api/1.json'), '{"number": 1');
    const outcome = await openForge(rig).openPullRequest(request, signal);
    expect(outcome).toMatchObject({ kind: 'failed', detail: expect.stringContaining('1.json') });
  });

  it('does nothing once it was stopped', async () => {
    using rig = await openWorkspacesRig(FILES);
    const request = await requestFor(rig, { 'b.txt': 'b\n' });
    expect(await openForge(rig).pushBranch(request, AbortSignal.abort())).toMatchObject({
      kind: 'failed',
      retryable: true,
    });
    expect(readdirSync(stateOf(rig))).toEqual(['git']);
  });
});

function openForge(rig: WorkspacesRig): Forge {
  return createLocalForge({ stateDir: stateOf(rig) });
}

function otherPull(): PullRequest {
  const url = 'file:///forge/web.git';
  return {
    repo: 'web',
    number: 7,
    url,
    branch: 'baton/run1',
    base: 'main',
    head: 'f'.repeat(40),
    state: 'draft',
  };
}

/** A commit in the engine's store on top of another one. */
async function continueFrom(
  rig: WorkspacesRig,
  parent: string,
  files: Record<string, string>,
): Promise<string> {
  const tree = userGit(rig.workspaces.storePath(rig.runId, 'api'), 'rev-parse', `${parent}^{tree}`);
  const from = { id: 'x', repos: [{ name: 'api', commit: parent, tree }] };
  const { revision } = await rig.produce(`on/${parent}`, from, files);
  return revision.repos[0]?.commit ?? '';
}
