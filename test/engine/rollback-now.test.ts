/** The way back of what was submitted to a forge: kept as it was rehearsed, and told for what became of the pull request. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { openCli } from '../../src/cli/testing/captured-context.ts';
import type { RollbackDocument } from '../../src/engine/rollback-document.ts';
import { openFakeForge } from '../../src/testing/fake-forge/fake-forge.ts';
import { driveRig, git, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { done, edit, eventsOf, openPlay, verdict } from './plays.ts';

const TOKEN = 'ghp-loopback-token-0816-cccc';
const BUILD = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' } as const;

/** A submitted run, and `baton` typed beside it. */
async function openSubmitted() {
  const rig = await openPlay(
    (order) => {
      if (order.role === 'reviewer') return verdict(order);
      edit(order, 'README.md', `round ${order.round}\n`, 'api');
      return done(order);
    },
    { ...process.env, GH_ENTERPRISE_TOKEN: TOKEN },
  );
  const server = await openFakeForge({ dir: `${rig.dir}/server`, token: TOKEN });
  git(rig.api, 'remote', 'add', 'origin', server.addRepository('acme/api', rig.api));
  const { graph, agents } = sequenceGraph([BUILD], { submit: true });
  const runId = await startRigRun(rig.engine, { graph, agents, repos: [rig.api], forge: 'github' });
  const driven = await driveRig(rig.engine, runId);
  expect(driven.status).toBe('done');
  const cli = openCli();
  const environment = { ...cli.context.environment, GH_ENTERPRISE_TOKEN: TOKEN };
  const said = async (...argv: string[]): Promise<{ out: string; err: string; code: number }> => {
    const told = { out: '', err: '' };
    const stdout = { isTTY: false, write: (more: string) => void (told.out += more) };
    const stderr = { isTTY: false, write: (more: string) => void (told.err += more) };
    const code = await runCli(argv, { ...cli.context, environment, cwd: rig.dir, stdout, stderr });
    return { ...told, code };
  };
  const document = async (...flags: string[]): Promise<RollbackDocument> =>
    JSON.parse((await said('rollback', runId, '--json', ...flags)).out) as RollbackDocument; // printed by the command
  return {
    rig,
    server,
    runId,
    events: driven.events,
    said,
    document,
    async [Symbol.asyncDispose]() {
      cli[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
}

it.each(['merge', 'squash', 'rebase'] as const)(
  'R48: a pull request that somebody merged (%s) is taken back by the very commits that the forge names',
  async (way) => {
    await using submitted = await openSubmitted();
    const { rig, server, said, document } = submitted;
    const before = git(server.pathOf('acme/api'), 'rev-parse', 'main^{tree}');
    const open = await document();
    expect(open.repos).toMatchObject([{ now: { state: 'open' }, ways: [] }]);
    expect((await said('rollback')).out).toContain(
      `Pull request #1 is open and not merged, the forge says now: close it (${server.url}/acme/api/pull/1)`,
    );

    const merged = await fetch(`${server.url}/api/v3/repos/acme/api/pulls/1/merge`, {
      method: 'PUT',
      headers: { authorization: `token ${TOKEN}` },
      body: JSON.stringify({ merge_method: way }),
    });
    const { sha } = (await merged.json()) as { sha: string }; // of our own forge
    const [found] = (await document()).repos;
    expect(found).toMatchObject({
      now: { state: 'merged', commits: [sha] },
      ways: [{ rehearsed: true, commands: expect.arrayContaining([expect.stringContaining(sha)]) }],
    });
    const clone = join(rig.dir, 'theirs');
    git(rig.dir, 'clone', '-q', '-b', 'main', server.pathOf('acme/api'), clone);
    for (const key of ['user.name', 'user.email']) git(clone, 'config', key, 'a@b');
    execFileSync('sh', ['-ec', found?.ways[0]?.commands.join('\n') ?? 'false'], {
      cwd: clone,
      stdio: 'ignore',
    });
    expect(git(server.pathOf('acme/api'), 'rev-parse', 'main^{tree}')).toBe(before);
  },
);

it('R48: the way back is kept as it was rehearsed: the journal names it, verify looks for it, and it is what is told', async () => {
  await using submitted = await openSubmitted();
  const { rig, runId, events, said, document, server } = submitted;
  const [kept = ''] = eventsOf(events, 'gates_ended').flatMap(({ outcome }) =>
    outcome.kind === 'measured' ? outcome.results.flatMap(({ way_back }) => way_back ?? []) : [],
  );
  const stored = await rig.engine.journal.getArtifact(runId, kept);
  const rehearsed = JSON.parse(Buffer.from(stored?.body ?? '').toString('utf8')) as RollbackDocument; // the engine's own
  expect(rehearsed).toMatchObject({
    rehearsed: { status: 'pass' },
    repos: [{ repo: 'api', pull_request: null, ways: [{ rehearsed: true }, { rehearsed: true }] }],
  });
  const offline = await document('--offline');
  expect(offline).toMatchObject({
    kept,
    repos: [{ pull_request: { number: 1 }, ways: rehearsed.repos[0]?.ways }],
  });
  expect(offline.repos[0]).not.toHaveProperty('now');
  for (const command of ['rollback', 'report'])
    expect((await said(command, runId)).out).toContain(`Kept with the run as it was rehearsed: artifact`);
  expect((await said('verify', runId)).code).toBe(0);
  expect(server.pulls[0]?.body).toContain(kept);

  // Nobody answers any more: what the journal knows is told, and why it is no more.
  await server[Symbol.asyncDispose]();
  const { out, code } = await said('rollback', runId);
  expect([code, out]).toEqual([
    0,
    expect.stringContaining('could not be asked: GitHub could not be reached'),
  ]);
  expect(out).toContain('If it is not merged: close pull request #1');
  expect(out).toContain('Merged by a merge commit:');
});
