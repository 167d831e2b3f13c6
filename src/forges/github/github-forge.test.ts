import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pass } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { commitFiles, userGit } from '../../workspace/temporary-repository.ts';
import type { ForgeFault } from '../../testing/fake-forge/faults.ts';
import { createGithubForge } from './github-forge.ts';
import { EVIDENCE } from '../write-links.ts';
import { wordsMark } from '../write-words.ts';
import type { ForgeOutcome, ForgeRequest } from '../forge.ts';
import { FORGE_TOKEN, openGithubRig, type GithubRig } from '../testing/github-rig.ts';

const { signal } = new AbortController();
const FILES = { 'b.txt': 'b\n' };

function done(outcome: ForgeOutcome): boolean | string {
  return outcome.kind === 'confirmed' ? outcome.performed : outcome.kind;
}

/** Of all processes of this machine, with a NUL between arguments. */
function commandLines(): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
    } catch {
      return '';
    }
  });
}

/** All four stages of a submission, asked of a new forge each time. */
async function submit(rig: GithubRig, request: ForgeRequest): Promise<ForgeOutcome[]> {
  const pushed = await rig.open().pushBranch(request, signal);
  const opened = await rig.open().openPullRequest(request, signal);
  const linked = await rig.open().linkPullRequests(request, [], signal);
  return [pushed, opened, linked, await rig.open().markReady(request, signal)];
}

describe('a submission to GitHub', () => {
  it('pushes by git, opens a draft, links it and marks it ready', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    const outcomes = await submit(rig, request);
    expect(outcomes.map(done)).toEqual([true, true, false, true]);
    expect(rig.headOf(request.branch)).toBe(request.head);
    expect(rig.server.pulls).toMatchObject([
      { number: 1, title: 'Add b', head: request.branch, base: 'main', draft: false, state: 'open' },
    ]);
    expect(rig.server.pulls[0]?.body).toContain(request.marker);
    expect(outcomes.at(-1)).toMatchObject({
      pullRequest: {
        repo: 'api',
        number: 1,
        head: request.head,
        state: 'ready',
        url: `${rig.server.url}/acme/api/pull/1`,
      },
    });
  });

  it('finds everything done when it is asked again', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    await submit(rig, request);
    expect((await submit(rig, request)).map(done)).toEqual([false, false, false, false]);
    expect(rig.server.pulls).toHaveLength(1);
  });

  it('links the other pull requests of the run once, and leaves what people wrote', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    await submit(rig, request);
    const [pull] = rig.server.pulls;
    if (pull !== undefined) pull.body += '\nA note of mine.';
    const other = {
      repo: 'web',
      number: 7,
      url: 'https://forge/web/7',
      branch: 'b',
      base: 'main',
      head: '',
      state: 'draft',
    } as const;
    expect(done(await rig.open().linkPullRequests(request, [other], signal))).toBe(true);
    expect(done(await rig.open().linkPullRequests(request, [other], signal))).toBe(false);
    expect(pull?.body).toContain('A note of mine.');
    expect(pull?.body.split('https://forge/web/7')).toHaveLength(2);
  });

  it('takes back its own draft and its own branch, and nothing else', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    await rig.open().pushBranch(request, signal);
    await rig.open().openPullRequest(request, signal);
    expect(await rig.open().closePullRequest(request, signal)).toMatchObject({
      performed: true,
      pullRequest: { state: 'closed' },
    });
    expect(done(await rig.open().closePullRequest(request, signal))).toBe(false);
    expect(done(await rig.open().deleteBranch(request, signal))).toBe(true);
    expect(done(await rig.open().deleteBranch(request, signal))).toBe(false);
    expect(rig.headOf(request.branch)).toBeNull();
  });

  it('leaves a pull request that is ready, and a branch that somebody moved', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    await submit(rig, request);
    expect(await rig.open().closePullRequest(request, signal)).toMatchObject({ kind: 'refused' });
    const theirs = commitFiles(rig.git.user('api'), { 'mine.txt': 'mine\n' });
    userGit(
      rig.git.user('api'),
      'push',
      '--quiet',
      rig.server.pathOf('acme/api'),
      `+${theirs}:refs/heads/${request.branch}`,
    );
    expect(await rig.open().deleteBranch(request, signal)).toMatchObject({ kind: 'refused' });
    expect(rig.headOf(request.branch)).toBe(theirs);
  });
});

describe('what is somebody else’s', () => {
  it('NET-2: a pull request without this run’s marker is refused, and its text stays', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    await rig.open().pushBranch(request, signal);
    await rig.open().openPullRequest({ ...request, marker: '<!-- baton run=2 -->', body: 'Theirs.' }, signal);
    const [pull] = rig.server.pulls;
    const before = pull?.body;
    for (const call of ['openPullRequest', 'markReady'] as const)
      expect(await rig.open()[call](request, signal)).toMatchObject({
        kind: 'refused',
        detail: expect.stringContaining('belongs to somebody else'),
      });
    expect(pull).toMatchObject({ body: before, draft: true });
  });

  it('NET-2: one of its own that the list did not show yet is adopted when GitHub says that it exists', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    await rig.open().pushBranch(request, signal);
    await rig.open().openPullRequest(request, signal);
    // The list is empty, as GitHub's is for a moment after a pull request was opened: for two looks, then for one.
    rig.server.faults.add({ call: 'find_pull', fault: { kind: 'empty_list' }, times: 3 });
    expect(await rig.open().openPullRequest(request, signal)).toMatchObject({
      kind: 'failed',
      retryable: true,
      detail: expect.stringContaining('GitHub shows no pull request'),
    });
    expect(await rig.open().openPullRequest(request, signal)).toMatchObject({
      kind: 'confirmed',
      performed: false,
      pullRequest: { number: 1 },
    });
    expect(rig.server.pulls).toHaveLength(1);
  });

  it('NET-4: a branch that holds what this run did not push is refused, and never forced', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    const theirs = commitFiles(rig.git.user('api'), { 'mine.txt': 'mine\n' });
    userGit(
      rig.git.user('api'),
      'push',
      '--quiet',
      rig.server.pathOf('acme/api'),
      `${theirs}:refs/heads/${request.branch}`,
    );
    expect(await rig.open().pushBranch(request, signal)).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining('which this run did not push'),
    });
    expect(rig.headOf(request.branch)).toBe(theirs);
  });

  it('NET-4: a push that a hook of the server declines is refused with its words', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    rig.declinePushes('branch names must begin with a ticket');
    expect(await rig.open().pushBranch(request, signal)).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining('branch names must begin with a ticket'),
    });
  });
});

describe('what was reviewed', () => {
  const pushOnTop = (rig: GithubRig, branch: string): string => {
    const where = rig.server.pathOf('acme/api');
    userGit(rig.git.user('api'), 'fetch', '--quiet', where, branch);
    userGit(rig.git.user('api'), 'checkout', '--quiet', '--detach', 'FETCH_HEAD');
    const theirs = commitFiles(rig.git.user('api'), { 'mine.txt': 'mine\n' });
    userGit(rig.git.user('api'), 'push', '--quiet', where, `${theirs}:refs/heads/${branch}`);
    return theirs;
  };

  it.each(['openPullRequest', 'linkPullRequests', 'markReady'] as const)(
    'a commit that somebody pushed on top is never reported or marked: %s',
    async (stage) => {
      await using rig = await openGithubRig();
      const request = await rig.request(FILES);
      await rig.open().pushBranch(request, signal);
      if (stage !== 'openPullRequest') await rig.open().openPullRequest(request, signal);
      pushOnTop(rig, request.branch);
      const outcome =
        stage === 'linkPullRequests'
          ? await rig.open().linkPullRequests(request, [], signal)
          : await rig.open()[stage](request, signal);
      expect(outcome).toMatchObject({ kind: 'failed', detail: expect.stringContaining('was reviewed') });
      expect(rig.server.pulls[0]).toMatchObject({ draft: true });
    },
  );

  it('NET-4: a commit that comes while it is marked ready is seen afterwards, and it is a draft again', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    await rig.open().pushBranch(request, signal);
    await rig.open().openPullRequest(request, signal);
    rig.server.onCall = (call) => void (call === 'mark_ready' && pushOnTop(rig, request.branch));
    expect(await rig.open().markReady(request, signal)).toMatchObject({ kind: 'failed' });
    expect(rig.server.pulls).toMatchObject([{ draft: true }]);
  });

  it.each([
    ['the reply to the mark is lost', 'mark_ready', { kind: 'drop_after' }],
    ['making it a draft again fails', 'make_draft', { kind: 'status', status: 502 }],
    ['making it a draft again gets lost', 'make_draft', { kind: 'drop_before' }],
  ] as const)(
    'NET-4: where somebody pushes and %s, the next try makes it a draft again, and a person’s own is left alone',
    async (_, call, fault) => {
      await using rig = await openGithubRig();
      const request = await rig.request(FILES);
      await rig.open().pushBranch(request, signal);
      await rig.open().openPullRequest(request, signal);
      let isPushed = false;
      rig.server.onCall = (each) => {
        if (each === 'mark_ready' && !isPushed) isPushed = pushOnTop(rig, request.branch) !== '';
      };
      rig.server.faults.add({ call, fault });
      expect(await rig.open().markReady(request, signal)).toMatchObject({ kind: 'failed' });
      expect(rig.server.pulls).toMatchObject([{ draft: false }]);
      expect(await rig.open().markReady(request, signal)).toMatchObject({ kind: 'failed' });
      expect(rig.server.pulls).toMatchObject([{ draft: false }]);
      const again = { ...request, triedBefore: true } as const;
      expect(await rig.open().markReady(again, signal)).toMatchObject({ kind: 'failed', retryable: true });
      expect(rig.server.pulls).toMatchObject([{ draft: true }]);
    },
  );

  it('NET-1: a reply that drips longer than a call may take is given up, and the next try finds what was done', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    await rig.open().pushBranch(request, signal);
    rig.server.faults.add({ call: 'open_pull', fault: { kind: 'drip', everyMs: 100 } });
    const environment = { GH_ENTERPRISE_TOKEN: FORGE_TOKEN };
    const hasty = createGithubForge({ environment, now: () => new Date(), callTimeoutMs: 1_000 });
    expect(await hasty.openPullRequest(request, signal)).toMatchObject({ kind: 'failed', grows: true });
    expect(rig.server.pulls).toHaveLength(1);
    expect(await hasty.openPullRequest(request, signal)).toMatchObject({
      kind: 'confirmed',
      performed: false,
    });
    expect(rig.server.pulls).toHaveLength(1);
  });

  it.each([
    ['what was reviewed', false, { kind: 'confirmed', pullRequest: { state: 'draft' } }],
    ['more than that', true, { kind: 'refused', detail: expect.stringContaining('was merged with') }],
  ])('one that a person merged with %s is told apart', async (_, more, wanted) => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    await rig.open().pushBranch(request, signal);
    await rig.open().openPullRequest(request, signal);
    if (more) pushOnTop(rig, request.branch);
    Object.assign(rig.server.pulls[0] ?? {}, { state: 'closed', merged: rig.headOf('main') });
    expect(await rig.open().openPullRequest(request, signal)).toMatchObject(wanted);
  });

  it('NET-4: a pull request that cannot be seen after it was marked is not reported as ready', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    await rig.open().pushBranch(request, signal);
    await rig.open().openPullRequest(request, signal);
    rig.server.onCall = (call) =>
      void (call === 'mark_ready' && Object.assign(rig.server.pulls[0] ?? {}, { repository: 'acme/gone' }));
    expect(await rig.open().markReady(request, signal)).toMatchObject({ kind: 'refused' });
  });

  it('a pull request that somebody turned to another base is a matter for a person', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    await rig.open().pushBranch(request, signal);
    await rig.open().openPullRequest(request, signal);
    const [pull] = rig.server.pulls;
    if (pull !== undefined) pull.base = 'release';
    expect(await rig.open().markReady(request, signal)).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining('is for release now'),
    });
    expect(pull).toMatchObject({ draft: true });
  });
});

describe('what a server says', () => {
  it('repeats no token and hides nothing, in outcomes, checks and before a run starts', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    const basic = Buffer.from(`x-access-token:${FORGE_TOKEN}`).toString('base64');
    const message = `no: ${FORGE_TOKEN} ${basic} \u001b[2J\u202e`;
    for (const call of ['find_pull', 'look'] as const)
      rig.server.faults.add({ call, fault: { kind: 'status', status: 422, message } });
    rig.server.checks.push({
      repository: 'acme/api',
      commit: null,
      name: 'test',
      conclusion: 'failure',
      title: message,
      notes: [
        { path: 'a.txt', line: 1, text: message },
        { path: '../../etc/passwd', line: 1, text: 'outside' },
      ],
    });
    const said = JSON.stringify([
      await rig.open().openPullRequest(request, signal),
      await rig.open().preflight([{ name: 'api', path: rig.git.user('api') }], signal),
      await rig.open().readChecks(request, request.head, signal),
    ]);
    expect(said).toContain('no: [token] [token]');
    for (const text of [FORGE_TOKEN, basic, '\u001b', '\u202e', 'etc/passwd'])
      expect(said).not.toContain(text);
  });
});

describe('a network that fails', () => {
  const lost: [string, ForgeFault][] = [
    ['the request is lost', { kind: 'drop_before' }],
    ['the reply is lost', { kind: 'drop_after' }],
    ['the server fails', { kind: 'status', status: 502 }],
    ['a page of somebody between comes', { kind: 'html', status: 200 }],
    ['a page of somebody between comes with an error', { kind: 'html', status: 503 }],
    ['the request arrives twice', { kind: 'duplicate' }],
  ];
  const stages = [
    ['git_look', 'pushBranch'],
    ['git_push', 'pushBranch'],
    ['find_pull', 'openPullRequest'],
    ['open_pull', 'openPullRequest'],
    ['mark_ready', 'markReady'],
  ] as const;

  it.each(stages.flatMap(([call, stage]) => lost.map(([what, fault]) => ({ call, stage, what, fault }))))(
    'NET-1: where $what at $call, the second try leaves one pull request',
    async ({ call, stage, fault }) => {
      await using rig = await openGithubRig();
      const request = await rig.request(FILES);
      const before = { pushBranch: 0, openPullRequest: 1, markReady: 2 }[stage];
      if (before > 0) await rig.open().pushBranch(request, signal);
      if (before > 1) await rig.open().openPullRequest(request, signal);
      rig.server.faults.add({ call, fault });
      const first = await rig.open()[stage](request, signal);
      // A server that fails, and a page of somebody between, are waited for, and cost no try.
      const isIll = fault.kind === 'status' || fault.kind === 'html';
      // Git takes a page that is no error for a repository without branches; what it pushes then is asked anew.
      const isTaken = call === 'git_look' && fault.kind === 'html' && fault.status === 200;
      expect(first).toMatchObject(isIll && !isTaken ? { kind: 'failed', retryable: true, grows: true } : {});
      expect(first.kind === 'refused' ? first : null).toBeNull();
      expect(rig.server.faults.met()).toHaveLength(1);
      rig.server.faults.clear();
      await submit(rig, request);
      expect(rig.server.pulls).toMatchObject([{ draft: false, state: 'open' }]);
      expect(rig.headOf(request.branch)).toBe(request.head);
    },
  );

  it('NET-1: a page of somebody between is no word that a pull request is ready', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    await rig.open().pushBranch(request, signal);
    await rig.open().openPullRequest(request, signal);
    rig.server.faults.add({ call: 'mark_ready', fault: { kind: 'html', status: 200 } });
    const tries = [await rig.open().markReady(request, signal), await rig.open().markReady(request, signal)];
    expect(tries).toMatchObject([
      { kind: 'failed', retryable: true, detail: expect.stringContaining('is a proxy in between?') },
      { kind: 'confirmed', pullRequest: { state: 'ready' } },
    ]);
  });

  it('NET-1: a pull request that is a draft when it is looked at again was not marked ready', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    await rig.open().pushBranch(request, signal);
    await rig.open().openPullRequest(request, signal);
    let isMarked = false;
    rig.server.onCall = (call) => {
      const [pull] = rig.server.pulls;
      if (isMarked && pull !== undefined) pull.draft = true;
      isMarked = call === 'mark_ready';
    };
    expect(await rig.open().markReady(request, signal)).toMatchObject({ kind: 'failed', retryable: true });
    expect(await rig.open().markReady(request, signal)).toMatchObject({ kind: 'failed', retryable: true });
    rig.server.onCall = null;
    expect(await rig.open().markReady(request, signal)).toMatchObject({ pullRequest: { state: 'ready' } });
  });

  const waits: [string, Extract<ForgeFault, { kind: 'status' }>, object][] = [
    [
      'Retry-After in seconds',
      { kind: 'status', status: 429, headers: { 'retry-after': '7' } },
      { waitMs: 7_000 },
    ],
    [
      'a limit that is used up',
      { kind: 'status', status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' } },
      { waitMs: 0 },
    ],
    [
      'a secondary limit',
      { kind: 'status', status: 403, message: 'You have exceeded a secondary rate limit' },
      { waitMs: 60_000, grows: true },
    ],
  ];
  it.each(waits)('%s says how long to wait', async (_, fault, wait) => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    rig.server.faults.add({ call: 'find_pull', fault });
    expect(await rig.open().openPullRequest(request, signal)).toEqual({
      kind: 'failed',
      retryable: true,
      detail: expect.any(String),
      ...wait,
    });
  });

  it.each(['git_look', 'git_push'] as const)(
    'NET-1: a limit that %s meets is waited for, a minute and longer each time, as git does not tell what is asked for',
    async (call) => {
      await using rig = await openGithubRig();
      const request = await rig.request(FILES);
      rig.server.faults.add({
        call,
        fault: { kind: 'status', status: 429, headers: { 'retry-after': '7' } },
      });
      expect(await rig.open().pushBranch(request, signal)).toMatchObject({
        kind: 'failed',
        retryable: true,
        waitMs: 60_000,
        grows: true,
      });
      expect(await rig.open().pushBranch(request, signal)).toMatchObject({
        kind: 'confirmed',
        performed: true,
      });
    },
  );

  const told: [string, Extract<ForgeFault, { kind: 'errors' }>, object][] = [
    [
      'a limit that names a time',
      { kind: 'errors', type: 'RATE_LIMITED', message: 'No more points', headers: { 'retry-after': '7' } },
      { kind: 'failed', retryable: true, waitMs: 7_000 },
    ],
    [
      'a limit that is used up',
      {
        kind: 'errors',
        message: 'API rate limit exceeded',
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' },
      },
      { kind: 'failed', retryable: true, waitMs: 0 },
    ],
    [
      'a secondary limit',
      { kind: 'errors', message: 'You have exceeded a secondary rate limit' },
      { kind: 'failed', retryable: true, waitMs: 60_000, grows: true },
    ],
    [
      'a moment of its own',
      { kind: 'errors', message: 'Something went wrong while executing your query' },
      { kind: 'failed', retryable: true, grows: true },
    ],
    ['no', { kind: 'errors', type: 'FORBIDDEN', message: 'Resource not accessible' }, { kind: 'refused' }],
  ];
  it.each(told)('GraphQL says with status 200: %s', async (_, fault, outcome) => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    await rig.open().pushBranch(request, signal);
    await rig.open().openPullRequest(request, signal);
    rig.server.faults.add({ call: 'mark_ready', fault });
    expect(await rig.open().markReady(request, signal)).toMatchObject(outcome);
    expect(rig.server.faults.met()).toHaveLength(1);
  });

  const answers: [number, string][] = [
    [401, 'does not take the token'],
    [403, 'answered 403'],
    [404, 'no such repository'],
    [422, 'answered 422'],
  ];
  it.each(answers)('%i is a matter for a person', async (status, words) => {
    await using rig = await openGithubRig();
    rig.server.faults.add({ call: 'find_pull', fault: { kind: 'status', status } });
    expect(await rig.open().openPullRequest(await rig.request(FILES), signal)).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining(words),
    });
  });

  it('the token follows no redirect, neither of the API nor of git', async () => {
    await using rig = await openGithubRig();
    await using elsewhere = await openGithubRig();
    const request = await rig.request(FILES);
    for (const call of ['find_pull', 'git_look'] as const)
      rig.server.faults.add({
        call,
        fault: { kind: 'redirect', status: 307, location: `${elsewhere.server.url}/acme/api.git/info/refs` },
      });
    expect(await rig.open().openPullRequest(request, signal)).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining('has moved to'),
    });
    expect(await rig.open().pushBranch(request, signal)).not.toMatchObject({ kind: 'confirmed' });
    expect(elsewhere.server.calls).toEqual([]);
  });
});

describe('the checks of a commit', () => {
  it('are read as they stand: what ended how, what it says of lines, and of several of a name the latest', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    await rig.open().pushBranch(request, signal);
    const check = { repository: 'acme/api', commit: request.head };
    const notes = [{ path: 'b.txt', line: 1, text: 'no b' }];
    rig.server.checks.push(
      { ...check, name: 'build', conclusion: 'failure' },
      { ...check, name: 'test', conclusion: 'failure', title: '1 failed', notes },
      { ...check, name: 'lint', conclusion: null },
      { ...check, name: 'docs', conclusion: 'skipped' },
      { ...check, name: 'build', conclusion: 'success' },
      { ...check, name: 'other', commit: 'f'.repeat(40), conclusion: 'failure' },
    );
    const read = await rig.open().readChecks(request, request.head, signal);
    expect(read).toMatchObject({
      kind: 'checks',
      checks: [
        { name: 'build', state: 'passed' },
        { name: 'test', state: 'failed', detail: '1 failed', notes },
        { name: 'lint', state: 'running' },
        { name: 'docs', state: 'neutral' },
      ],
    });
  });

  it('are the older statuses, too, each in its state', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    await rig.open().pushBranch(request, signal);
    const status = { repository: 'acme/api', commit: request.head };
    for (const state of ['success', 'pending', 'failure', 'error'] as const)
      rig.server.statuses.push({ ...status, context: state, state });
    const read = await rig.open().readChecks(request, request.head, signal);
    expect(read.kind === 'checks' ? read.checks.map(({ name, state }) => [name, state]) : read).toEqual([
      ['success', 'passed'],
      ['pending', 'running'],
      ['failure', 'failed'],
      ['error', 'failed'],
    ]);
  });

  it('are all of them, or no answer: what is cut off could be what is red', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    await rig.open().pushBranch(request, signal);
    const status = { repository: 'acme/api', commit: request.head, state: 'success' } as const;
    const add = (from: number, to: number): void => {
      for (let at = from; at < to; at += 1) rig.server.statuses.push({ ...status, context: `s${at}` });
    };
    add(0, 150);
    rig.server.statuses.push({ ...status, context: 'last', state: 'failure' });
    const read = await rig.open().readChecks(request, request.head, signal);
    expect(read.kind === 'checks' ? read.checks.at(-1) : read).toMatchObject({
      name: 'last',
      state: 'failed',
    });
    add(150, 1_000);
    expect(await rig.open().readChecks(request, request.head, signal)).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining('more than 1000 statuses'),
    });
  });

  it('that nobody can read now are no answer', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    rig.server.faults.add({ call: 'read_checks', fault: { kind: 'status', status: 502 }, times: 2 });
    expect(await rig.open().readChecks(request, request.head, signal)).toMatchObject({
      kind: 'failed',
      retryable: true,
    });
  });
});

describe('the token', () => {
  it('belongs to one server: that of another variable is not sent', async () => {
    await using rig = await openGithubRig();
    const forge = rig.open({ GITHUB_TOKEN: FORGE_TOKEN });
    expect(await forge.preflight([{ name: 'api', path: rig.git.user('api') }], signal)).toEqual([
      expect.stringContaining('There is no token'),
    ]);
    expect(rig.server.calls).toEqual([]);
  });

  it('a wrong one, a repository that is not there and one without a remote are named before a run starts', async () => {
    await using rig = await openGithubRig();
    const place = { name: 'api', path: rig.git.user('api') };
    expect(await rig.open().preflight([place], signal)).toEqual([]);
    expect(await rig.open({ GH_ENTERPRISE_TOKEN: 'another' }).preflight([place], signal)).toEqual([
      expect.stringContaining('does not take the token'),
    ]);
    userGit(place.path, 'remote', 'set-url', 'origin', `${rig.server.url}/acme/nothing.git`);
    expect(await rig.open().preflight([place], signal)).toEqual([
      expect.stringContaining('no such repository'),
    ]);
    userGit(place.path, 'remote', 'remove', 'origin');
    expect(await rig.open().preflight([place], signal)).toEqual([expect.stringContaining('has no remote')]);
  });

  it('stands in no file of the run’s store and in no argument of any process', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    for (const call of ['git_look', 'git_push'] as const)
      rig.server.faults.add({ call, fault: { kind: 'delay', ms: 300 } });
    const encoded = Buffer.from(`x-access-token:${FORGE_TOKEN}`).toString('base64');
    const work = { done: false };
    const submitted = submit(rig, request).finally(() => (work.done = true));
    const seen = new Set<string>();
    while (!work.done) {
      for (const line of commandLines()) seen.add(line);
      await pass(20);
    }
    await submitted;
    expect([...seen].filter((line) => line.includes('git\0') && line.includes('push'))).not.toEqual([]);
    expect([...seen].filter((line) => line.includes(FORGE_TOKEN) || line.includes(encoded))).toEqual([]);
    expect([...rig.filesWith(FORGE_TOKEN), ...rig.filesWith(encoded)]).toEqual([]);
  });
});

describe('title and words of an existing pull request', () => {
  const withWords = (
    request: ForgeRequest,
    title: string,
    words: string,
    said = 'Gates: green.',
  ): ForgeRequest => ({
    ...request,
    title,
    body: [words, '', EVIDENCE.begin, wordsMark(title, words), said, EVIDENCE.end].join('\n'),
  });

  it('follow what was reviewed after rework, once; a lost reply is found done', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    const first = withWords(request, 'Add b', 'Why.');
    await submit(rig, first);
    const second = withWords(request, 'Add b, and check it', 'Why, and how.', 'Gates: green again.');
    rig.server.faults.add({ call: 'update_pull', fault: { kind: 'drop_after' } });
    expect(await rig.open().linkPullRequests(second, [], signal)).toMatchObject({ kind: 'failed' });
    expect(await rig.open().linkPullRequests(second, [], signal)).toMatchObject({ performed: false });
    const [pull] = rig.server.pulls;
    expect(pull?.title).toBe('Add b, and check it');
    expect(pull?.body).toContain(`${request.marker}\nWhy, and how.\n`);
    expect(pull?.body).toContain('Gates: green again.');
    expect(pull?.body.split('Why')).toHaveLength(2);
  });

  it.each([
    ['the title', { title: 'Mine' }],
    ['the words', { body: 'Mine.' }],
  ] as const)('stay as a person wrote them: %s; what the engine says goes on', async (_, mine) => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    await submit(rig, withWords(request, 'Add b', 'Why.'));
    const [pull] = rig.server.pulls;
    if (pull === undefined) throw new Error('none was opened');
    if ('title' in mine) pull.title = mine.title;
    else pull.body = pull.body.replace('Why.', mine.body);
    const second = withWords(request, 'Add b, and check it', 'Why, and how.', 'Gates: green again.');
    await rig.open().linkPullRequests(second, [], signal);
    expect(pull.title).toBe('title' in mine ? 'Mine' : 'Add b');
    expect(pull.body).toContain('body' in mine ? 'Mine.' : 'Why.');
    expect(pull.body).not.toContain('Why, and how.');
    expect(pull.body).toContain('Gates: green again.');
  });
});
