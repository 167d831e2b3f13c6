/** Whole runs that submit to a forge on loopback, over git and HTTP. */
import { describe, expect, it } from 'vitest';
import { branchOf } from '../../src/engine/run-branch.ts';
import { findEnvelopes } from '../../src/proof/baton-verify.mts';
import { readHistory } from '../../src/cli/render/history.ts';
import { issuesOf } from '../../src/cli/render/issues.ts';
import { openFakeForge, type FakeForge } from '../../src/testing/fake-forge/fake-forge.ts';
import type { Config, GateCommand } from '../../src/definitions/config.ts';
import { driveRig, git, sequenceGraph, startRigRun, type Rig } from '../../src/testing/rig.ts';
import {
  answer,
  configOf,
  edit,
  eventsOf,
  openPlay,
  playWell,
  done,
  verdict,
  type PlayDriver,
} from './plays.ts';

const TOKEN = 'ghp-loopback-token-0815-bbbb';
const NAMES = ['api', 'jobs', 'web'];
const BUILD = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' } as const;

interface Hosted extends AsyncDisposable {
  rig: Rig & { driver: PlayDriver };
  server: FakeForge;
  paths: string[];
}

/** Repositories whose remote is the loopback forge. */
async function openHosted(play: Parameters<typeof openPlay>[0], names: readonly string[]): Promise<Hosted> {
  const rig = await openPlay(play, { ...process.env, GH_ENTERPRISE_TOKEN: TOKEN });
  const server = await openFakeForge({ dir: `${rig.dir}/server`, token: TOKEN });
  const paths = names.map((name) =>
    name === 'api' ? rig.api : rig.repository(name, { 'README.md': `# ${name}\n` }),
  );
  for (const [index, path] of paths.entries())
    git(path, 'remote', 'add', 'origin', server.addRepository(`acme/${names[index]}`, path));
  return {
    rig,
    server,
    paths,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
}

/** Leaves a file in every repository. */
function playEverywhere(order: Parameters<typeof playWell>[0]): unknown {
  if (order.role === 'reviewer') return verdict(order);
  for (const { name } of order.workspace.repos) edit(order, 'done.txt', `round ${order.round}\n`, name);
  return done(order);
}

describe('three repositories at a forge', () => {
  it('NET-1: a server that fails for longer than a run tries again is waited for, and nobody is asked', async () => {
    await using hosted = await openHosted(playEverywhere, NAMES);
    const { rig, server, paths } = hosted;
    const limits = { max_retries: 1, retry_backoff_ms: 5 };
    const { graph, agents } = sequenceGraph([BUILD], { submit: true, limits });
    const runId = await startRigRun(rig.engine, { graph, agents, repos: paths, forge: 'github' });
    for (const call of ['git_push', 'open_pull'] as const) {
      server.faults.add({ call, fault: { kind: 'status', status: 502 }, times: 2 });
      server.faults.add({ call, fault: { kind: 'html', status: 503 }, times: 3 });
    }
    const { status, events } = await driveRig(rig.engine, runId);
    expect(status).toBe('done');
    expect(server.faults.met()).toHaveLength(10);
    expect(eventsOf(events, 'question_asked')).toEqual([]);
    expect(eventsOf(events, 'wait_started').map(({ wait_ms }) => wait_ms)).toContain(80);
    expect(server.pulls.map(({ draft }) => draft)).toEqual(NAMES.map(() => false));
  });

  const stages = ['git_push', 'open_pull'] as const;
  it.each(stages.flatMap((call) => NAMES.map((name) => ({ call, name }))))(
    'NET-6: $call fails in $name: the others stay drafts, a person reads what is left, and the run ends with one pull request each',
    async ({ call, name }) => {
      await using hosted = await openHosted(playEverywhere, NAMES);
      const { rig, server, paths } = hosted;
      const { graph, agents } = sequenceGraph([BUILD], { submit: true, limits: { max_retries: 1 } });
      const runId = await startRigRun(rig.engine, { graph, agents, repos: paths, forge: 'github' });
      server.faults.add({
        call,
        repository: `acme/${name}`,
        fault: { kind: 'status', status: 502 },
        times: 2,
      });
      const first = await driveRig(rig.engine, runId);
      expect([first.status, first.reason]).toEqual(['waiting_human', 'submission']);
      const effect = call === 'git_push' ? 'push_branch' : 'open_pull_request';
      expect(first.questions[0]?.text).toContain(`${effect} in ${name}: `);
      expect(first.questions[0]?.text).toContain(`Left to do: ${effect} in ${name}; `);
      expect(first.questions[0]?.text).toContain(`mark_ready in ${NAMES.join(', ')}`);
      expect(server.pulls.every((pull) => pull.draft)).toBe(true);
      expect(server.pulls.map((pull) => pull.repository).sort()).toEqual(
        call === 'git_push' ? [] : NAMES.filter((each) => each !== name).map((each) => `acme/${each}`),
      );
      await answer(rig.engine, runId, first.questions[0]?.id ?? '', 'retry');
      const second = await driveRig(rig.engine, runId);
      expect(second.status).toBe('done');
      expect(server.pulls.map((pull) => pull.repository).sort()).toEqual(NAMES.map((each) => `acme/${each}`));
      expect(server.pulls.every((pull) => !pull.draft && pull.state === 'open')).toBe(true);
      for (const pull of server.pulls)
        for (const other of NAMES.filter((each) => `acme/${each}` !== pull.repository))
          expect(pull.body).toContain(`/acme/${other}/pull/1`);
    },
  );
});

/** Why the last of three cannot go out, and how a person mends it. */
const REFUSALS: Record<string, (hosted: Hosted, branch: string) => { says: string; mend: () => void }> = {
  'its branch is a stranger’s': ({ server }, name) => {
    const branch = `refs/heads/${name}`;
    const path = server.pathOf('acme/web');
    const [tree, base] = [
      git(path, 'rev-parse', 'main^{tree}').trim(),
      git(path, 'rev-parse', 'main').trim(),
    ];
    const who = ['-c', 'user.name=S', '-c', 'user.email=s@x'];
    const commit = git(path, ...who, 'commit-tree', '-p', base, '-m', 'Theirs', tree).trim();
    git(path, 'update-ref', branch, commit);
    return { says: 'which this run did not push', mend: () => git(path, 'update-ref', '-d', branch) };
  },
  'the token may not push there': ({ server }) => {
    server.readOnly.add('acme/web');
    return { says: 'The token may not push to', mend: () => server.readOnly.delete('acme/web') };
  },
  'git alone is refused there': ({ server }) => {
    const path = server.pathOf('acme/web');
    git(path, 'config', 'http.receivepack', 'false');
    return { says: 'The forge refused it', mend: () => git(path, 'config', 'http.receivepack', 'true') };
  },
  'its base branch is gone': ({ server }) => {
    const path = server.pathOf('acme/web');
    git(path, 'branch', '-m', 'main', 'trunk');
    return { says: 'There is no branch main', mend: () => git(path, 'branch', '-m', 'trunk', 'main') };
  },
};

it.each(Object.keys(REFUSALS))(
  'NET-6: all are looked at before one is pushed: the last of three cannot go out, as %s; nothing is pushed, the to-do is exact, and resume finishes',
  async (why) => {
    await using hosted = await openHosted(playEverywhere, NAMES);
    const { rig, server, paths } = hosted;
    const { graph, agents } = sequenceGraph([BUILD], { submit: true, limits: { max_retries: 1 } });
    const request = 'Add it';
    const runId = await startRigRun(rig.engine, { graph, agents, repos: paths, forge: 'github', request });
    const branch = branchOf({ request, runId });
    const { says, mend } = REFUSALS[why]?.(hosted, branch) ?? { says: '', mend: () => undefined };
    const branchesOf = (name: string): string =>
      git(server.pathOf(`acme/${name}`), 'for-each-ref', '--format=%(refname:short)', 'refs/heads').trim();
    const first = await driveRig(rig.engine, runId);
    expect([first.status, first.reason]).toEqual(['waiting_human', 'submission']);
    expect(first.questions[0]?.text).toContain(`prepare_push in web: `);
    expect(first.questions[0]?.text).toContain(says);
    expect(first.questions[0]?.text).toContain(
      `Left to do: prepare_push in web; push_branch in ${NAMES.join(', ')}; open_pull_request in ${NAMES.join(', ')}`,
    );
    expect(server.calls.filter(({ call }) => call === 'git_push')).toEqual([]);
    expect([branchesOf('api'), branchesOf('jobs'), server.pulls.length]).toEqual(['main', 'main', 0]);
    mend();
    await answer(rig.engine, runId, first.questions[0]?.id ?? '', 'retry');
    const second = await driveRig(rig.engine, runId);
    expect(second.status).toBe('done');
    expect(server.pulls.map((pull) => pull.repository).sort()).toEqual(NAMES.map((each) => `acme/${each}`));
    expect(server.calls.filter(({ call }) => call === 'git_push')).toHaveLength(3);
    // What was seen before the answer is seen again.
    const looks = eventsOf(second.events, 'effect_ended').flatMap(({ effect, repo }) =>
      effect === 'prepare_push' ? [repo] : [],
    );
    expect(looks.sort()).toEqual(['api', 'api', 'jobs', 'jobs', 'web', 'web']);
  },
);

it('NET-4: the reply to the mark is lost and somebody pushes meanwhile: a person is asked, and the pull request is a draft again', async () => {
  await using hosted = await openHosted(playWell, ['api']);
  const { rig, server, paths } = hosted;
  const { graph, agents } = sequenceGraph([BUILD], { submit: true, limits: { max_retries: 1 } });
  const runId = await startRigRun(rig.engine, { graph, agents, repos: paths, forge: 'github' });
  const path = server.pathOf('acme/api');
  server.faults.add({ call: 'mark_ready', fault: { kind: 'drop_after' } });
  let left = 1;
  server.onCall = (call) => {
    if (call !== 'mark_ready' || left-- <= 0) return;
    const branch = server.pulls[0]?.head ?? '';
    const who = ['-c', 'user.name=S', '-c', 'user.email=s@x'];
    const theirs = git(path, ...who, 'commit-tree', '-p', branch, '-m', 'Theirs', `${branch}^{tree}`).trim();
    git(path, 'update-ref', `refs/heads/${branch}`, theirs);
  };
  const { status, reason, questions } = await driveRig(rig.engine, runId);
  expect([status, reason]).toEqual(['waiting_human', 'submission']);
  expect(questions[0]?.text).toContain('was reviewed');
  expect(server.calls.filter(({ call }) => call === 'mark_ready')).toHaveLength(1);
  expect(server.pulls).toMatchObject([{ draft: true, state: 'open' }]);
});

it('a pull request says what changed, who passed it, what it was tested against, and which event it stands on; who is to look is asked', async () => {
  await using hosted = await openHosted(playEverywhere, ['api', 'web']);
  const { rig, server, paths } = hosted;
  server.people.collaborators.push('ada');
  const { graph, agents } = sequenceGraph([BUILD], { submit: true });
  const pullRequests: Config['pullRequests'] = {
    baseMoved: 'merge',
    labels: ['baton'],
    reviewers: ['ada', 'mallory'],
  };
  const config = { ...configOf([], ['api', 'web']), pullRequests };
  const runId = await startRigRun(rig.engine, { graph, agents, repos: paths, config, forge: 'github' });
  const { events, status } = await driveRig(rig.engine, runId);
  expect(status).toBe('done');
  const pull = server.pulls.find(({ repository }) => repository === 'acme/api');
  expect(pull?.body).toContain('Changed files (1):');
  expect(pull?.body).toContain('A done.txt +1 −0');
  expect(pull?.body).toMatch(
    /Reviews:\n- writer: passed by code-review\n- Whole change: passed by code-review/,
  );
  expect(pull?.body).toContain(
    `Tested against \`main\` at ${git(paths[0] ?? '', 'rev-parse', 'main').trim()}`,
  );
  const said = /Journal: event (\d+), `([0-9a-f]{64})`/.exec(pull?.body ?? '');
  expect(events.find(({ seq }) => seq === Number(said?.[1]))?.hash).toBe(said?.[2]);
  expect(pull?.body).toContain(`\`baton verify ${server.url}/acme/api/pull/1\` anywhere else`);
  expect(pull?.body).toContain(
    `\`node baton-verify.mjs --envelope - --commit ${git(server.pathOf('acme/api'), 'rev-parse', pull?.head ?? '').trim()} --base main\``,
  );
  expect(server.pulls).toMatchObject([
    { labels: ['baton'], asked: ['ada'] },
    { labels: ['baton'], asked: ['ada'] },
  ]);
  const notes = eventsOf(events, 'effect_ended').flatMap(({ outcome }) =>
    outcome.kind === 'confirmed' ? (outcome.notes ?? []) : [],
  );
  expect(notes).toEqual([
    expect.stringContaining('mallory cannot be asked: Reviews may only'),
    expect.stringContaining('mallory cannot be asked: Reviews may only'),
  ]);
  expect(issuesOf(readHistory(events))).toContainEqual(
    expect.stringMatching(/^ask_reviewers for web: mallory cannot be asked/),
  );
});

it('AUD-2: words without end are cut, and never the anchor, the links or the statement', async () => {
  await using hosted = await openHosted(playEverywhere, ['api', 'web']);
  const { rig, server, paths } = hosted;
  const { graph, agents } = sequenceGraph([BUILD], { submit: true });
  const request = `Do it.\n${'It has to be done well. '.repeat(5_000)}`;
  const runId = await startRigRun(rig.engine, { graph, agents, repos: paths, forge: 'github', request });
  const { status, events } = await driveRig(rig.engine, runId);
  expect(status).toBe('done');
  for (const { body, repository } of server.pulls) {
    expect(body.length).toBeLessThanOrEqual(65_536);
    const said = /Journal: event (\d+), `([0-9a-f]{64})`/.exec(body);
    expect(events.find(({ seq }) => seq === Number(said?.[1]))?.hash).toBe(said?.[2]);
    expect(findEnvelopes(body)).toHaveLength(1);
    expect(body).toContain(`/acme/${repository === 'acme/api' ? 'web' : 'api'}/pull/1`);
  }
});

describe('the forge’s own checks as a gate', () => {
  const gate: GateCommand = {
    name: 'ci',
    kind: 'forge_checks',
    command: [],
    shell: false,
    env: [],
    reporter: 'none',
    report: null,
    set: 'full',
    network: false,
    timeoutMs: 20_000,
    checks: ['test'],
  };

  it('are seen for exactly the commit that is judged: red ones are reworked, and no branch of theirs stays', async () => {
    await using hosted = await openHosted(playWell, ['api']);
    const { rig, server, paths } = hosted;
    const notes = [{ path: 'writer.txt', line: 1, text: 'round 1 is not enough' }];
    // CI: what it says depends on the commit that was pushed.
    server.onPush = (commit) => {
      const text = git(server.pathOf('acme/api'), 'show', `${commit}:writer.txt`);
      const isGood = text.includes('round 2');
      const check = { repository: 'acme/api', commit, name: 'test' };
      server.checks.push(
        isGood ? { ...check, conclusion: 'success' } : { ...check, conclusion: 'failure', notes },
      );
    };
    const { graph, agents } = sequenceGraph([BUILD], { submit: true });
    const config = configOf([gate]);
    const runId = await startRigRun(rig.engine, { graph, agents, repos: paths, config, forge: 'github' });
    const { status, events } = await driveRig(rig.engine, runId);
    expect(status).toBe('done');
    const seen = eventsOf(events, 'gates_ended').flatMap(({ outcome }) =>
      outcome.kind === 'measured' ? outcome.results.filter((result) => result.gate === 'ci') : [],
    );
    expect(seen.map((result) => result.status)).toEqual(['fail', 'pass', 'pass']);
    expect(seen[0]?.findings).toMatchObject([{ file: 'writer.txt', line: 1, blocking: true }]);
    const branches = git(
      server.pathOf('acme/api'),
      'for-each-ref',
      '--format=%(refname:short)',
      'refs/heads',
    );
    expect(branches.trim().split('\n').sort()).toEqual([server.pulls[0]?.head, 'main']);
  });

  it('keep a run from starting whose forge has none', async () => {
    await using hosted = await openHosted(playWell, ['api']);
    const { graph, agents } = sequenceGraph([BUILD], { submit: true });
    const config = configOf([gate]);
    const run = { graph, agents, repos: hosted.paths, config };
    await expect(startRigRun(hosted.rig.engine, run)).rejects.toMatchObject({
      code: 'E_PREFLIGHT',
      message: expect.stringContaining('has no checks of its own'),
    });
  });
});
