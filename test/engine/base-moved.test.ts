/** Whole runs whose base goes on while they work, on real git: what is submitted was tested and reviewed on the base that is there. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkVerdictChain } from '../../src/cli/audit/verdict-chain.ts';
import { checkWithEvents } from '../../src/cli/audit/statement-journal.ts';
import { checkCommits } from '../../src/cli/audit/stored-commits.ts';
import type { JournalEvent } from '../../src/core/events.ts';
import type { BasePolicy } from '../../src/core/words.ts';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import { createSigningKey } from '../../src/engine/signing.ts';
import { checkProof, findEnvelopes, readStatement } from '../../src/proof/baton-verify.mts';
import type { Envelope, Statement } from '../../src/proof/proof-shape.ts';
import { driveRig, git, sequenceGraph, startRigRun, type Rig } from '../../src/testing/rig.ts';
import { openWorld, resultOf } from './worlds.ts';
import { answer, configOf, done, edit, eventsOf, gate, openPlay, playWell, read, verdict } from './plays.ts';

const BUILD = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' } as const;
const SHOWS_NOTHING = gate(['true']);
const SHOWS = gate(['sh', '-c', 'cat src/app.txt']);

/** Somebody commits to the user's branch. */
function goOn(path: string, file: string, text: string): string {
  writeFileSync(join(path, file), text);
  git(path, 'add', '-A');
  git(
    path,
    '-c',
    'user.name=Eve',
    '-c',
    'user.email=eve@example.org',
    'commit',
    '-q',
    '-m',
    `Change ${file}`,
  );
  return git(path, 'rev-parse', 'HEAD').trim();
}

async function start(rig: Rig, api: string, policy?: BasePolicy): Promise<string> {
  const { graph, agents } = sequenceGraph([BUILD], { submit: true });
  const config = {
    ...configOf([SHOWS]),
    ...(policy === undefined ? {} : { pullRequests: { baseMoved: policy } }),
  };
  return startRigRun(rig.engine, { graph, agents, repos: [api], config });
}

/** The branch of the run at the local forge: its commits, the newest first, with parents. */
function branchOf(rig: Rig, events: JournalEvent[]): { bare: string; branch: string; parents: string[] } {
  const pull = eventsOf(events, 'run_ended')[0]?.pull_requests[0];
  const bare = join(rig.stateDir, 'forge', 'api.git');
  const branch = pull?.branch ?? '';
  const line = git(bare, 'rev-list', '--parents', '-n', '1', branch).trim();
  return { bare, branch, parents: line.split(' ').slice(1) };
}

function bodyOf(rig: Rig): string {
  return (JSON.parse(readFileSync(join(rig.stateDir, 'forge', 'api', '1.json'), 'utf8')) as { body: string })
    .body;
}

async function expectWhole(rig: Rig, runId: string, events: JournalEvent[]): Promise<void> {
  expect(checkVerdictChain(events)).toBeNull();
  expect(await checkCommits(rig.stateDir, runId, events)).toBeNull();
}

describe('a base that goes on while the run works', () => {
  it('NET-7: is merged into the change, which all gates and the reviewers of the whole change see again, before anything is pushed', async () => {
    let moved = '';
    await using rig = await openPlay((order) => {
      if (order.role !== 'reviewer') moved = goOn(rig.api, 'src/app.txt', 'one\ntwo\nthree\nfour\n');
      return playWell(order);
    });
    const runId = await start(rig, rig.api);
    const { status, events } = await driveRig(rig.engine, runId);
    expect(status).toBe('done');
    const [extended] = eventsOf(events, 'graph_extended');
    expect(extended?.base?.repos[0]?.commit).toBe(moved);
    const id = extended?.steps[0]?.id ?? '';
    expect(eventsOf(events, 'gates_started').at(-1)).toMatchObject({ step: id, set: 'full' });
    const [review] = eventsOf(events, 'review_ended').filter(({ step }) => step === id);
    const merged = eventsOf(events, 'merge_ended')[0]?.outcome;
    expect(review?.link).toEqual({
      from: extended?.base?.id,
      to: merged?.kind === 'merged' ? merged.output.id : '',
    });
    // One commit on what the base is now, with both changes in its tree, pushed after it was judged.
    const { bare, branch, parents } = branchOf(rig, events);
    expect(parents).toEqual([moved]);
    expect(git(bare, 'show', `${branch}:src/app.txt`)).toContain('four');
    expect(git(bare, 'show', `${branch}:writer.txt`)).toContain('round 1');
    const accepted = eventsOf(events, 'step_accepted').find(({ step }) => step === id);
    expect(git(bare, 'rev-parse', `${branch}^{tree}`).trim()).toBe(
      eventsOf(events, 'merge_ended')[0]?.revision?.repos[0]?.tree,
    );
    expect(eventsOf(events, 'effect_intended').at(-1)?.head).toBe(accepted?.revision);
    expect(bodyOf(rig)).toContain(`Tested against \`main\` at ${moved}`);
    // It is taken back to what the base is now.
    const last = eventsOf(events, 'gates_ended').at(-1)?.outcome;
    const revert = last?.kind === 'measured' ? last.results.find(({ kind }) => kind === 'revert') : undefined;
    expect(revert).toMatchObject({
      status: 'pass',
      rollback: [{ repo: 'api', reverted: ['commit', 'merge'] }],
    });
    expect(bodyOf(rig)).toContain('Rehearsed in a scratch clone');
    await expectWhole(rig, runId, events);
  });

  it('NET-4: is found again before a pull request is marked ready: the pushed branch goes forward, and its text says what holds now', async () => {
    let moved = '';
    await using rig = await openPlay(playWell);
    const key = createSigningKey(rig.signingKey);
    mkdirSync(join(rig.api, '.baton'));
    goOn(rig.api, '.baton/signers', `ada ${key.line}\n`);
    const runId = await start(rig, rig.api);
    const opened = rig.engine.openForge('local');
    const engine = {
      ...rig.engine,
      openForge: () => ({
        ...opened,
        linkPullRequests: async (...asked: Parameters<typeof opened.linkPullRequests>) => {
          if (moved === '') moved = goOn(rig.api, 'later.md', 'later\n');
          return opened.linkPullRequests(...asked);
        },
      }),
    };
    const { status, events } = await driveRig(engine, runId);
    expect(status).toBe('done');
    const pushes = eventsOf(events, 'effect_ended').flatMap(({ effect, outcome }) =>
      effect === 'push_branch' && outcome.kind === 'confirmed' ? [outcome.commit] : [],
    );
    expect(pushes).toHaveLength(2);
    const { bare, branch, parents } = branchOf(rig, events);
    expect(parents).toEqual([pushes[0], moved]);
    expect(git(bare, 'ls-tree', '--name-only', branch)).toContain('later.md');
    expect(bodyOf(rig)).toContain(`Tested against \`main\` at ${moved}`);
    expect(bodyOf(rig).match(/Tested against/g)).toHaveLength(1);
    // Its statement is about the last commit, and stands on what the base is now.
    git(rig.api, 'fetch', '-q', bare, `${branch}:taken`);
    const commit = git(rig.api, 'rev-parse', 'taken').trim();
    const text = readFileSync(join(rig.stateDir, 'forge', 'api', '1.intoto.jsonl'), 'utf8');
    const proof = { text, repository: rig.api, commit, base: 'main', signers: null };
    expect(checkProof(proof).problems).toEqual([]);
    const stated = readStatement(findEnvelopes(text)[0] as Envelope);
    expect(checkWithEvents(events, stated as Statement)).toEqual([]);
    await expectWhole(rig, runId, events);
  });

  it('NET-7: leaves the commit of a repository whose base stayed as it was, and its statement on the event that this commit names', async () => {
    let moved = '';
    await using rig = await openPlay((order) => {
      if (order.role === 'reviewer') return verdict(order);
      for (const { name } of order.workspace.repos) edit(order, 'done.txt', 'done\n', name);
      return done(order);
    });
    const web = rig.repository('web', { 'README.md': '# web\n' });
    const { graph, agents } = sequenceGraph([BUILD], { submit: true });
    const config = configOf([SHOWS_NOTHING], ['api', 'web']);
    const runId = await startRigRun(rig.engine, { graph, agents, repos: [rig.api, web], config });
    const opened = rig.engine.openForge('local');
    const engine = {
      ...rig.engine,
      openForge: () => ({
        ...opened,
        linkPullRequests: async (...asked: Parameters<typeof opened.linkPullRequests>) => {
          if (moved === '') moved = goOn(rig.api, 'later.md', 'later\n');
          return opened.linkPullRequests(...asked);
        },
      }),
    };
    const { status, events } = await driveRig(engine, runId);
    expect(status).toBe('done');
    const pushes = eventsOf(events, 'effect_ended').flatMap(({ effect, repo, outcome }) =>
      effect === 'push_branch' && repo === 'web' && outcome.kind === 'confirmed' ? [outcome.commit] : [],
    );
    expect(new Set(pushes).size).toBe(1);
    const repository = join(rig.stateDir, 'forge', 'web.git');
    const text = readFileSync(join(rig.stateDir, 'forge', 'web', '1.intoto.jsonl'), 'utf8');
    const stated = readStatement(findEnvelopes(text)[0] as Envelope) as Statement;
    const anchor = stated.predicate.runDetails.byproducts.find(({ name }) => name === 'journal');
    const named = git(
      repository,
      'show',
      '-s',
      '--format=%(trailers:key=Baton-Journal,valueonly)',
      pushes[0] ?? '',
    );
    expect(named.trim()).toBe(`${String(anchor?.annotations?.['seq'])} ${anchor?.digest['sha256']}`);
    expect(checkWithEvents(events, stated)).toEqual([]);
    await expectWhole(rig, runId, events);
  });

  it('NET-7: that changed the same lines is left to whoever wrote them, with both versions in the file', async () => {
    const seen: string[] = [];
    const play = (order: WorkOrder): unknown => {
      if (order.role === 'reviewer') return verdict(order);
      const text = read(order, 'src/app.txt');
      seen.push(text);
      const isMarked = text.includes('<<<<<<<');
      edit(order, 'src/app.txt', isMarked ? 'one\nours and theirs\nthree\n' : 'one\nours\nthree\n');
      if (!isMarked) goOn(rig.api, 'src/app.txt', 'one\ntheirs\nthree\n');
      return done(order);
    };
    await using rig = await openPlay(play);
    const runId = await start(rig, rig.api);
    const { status, events } = await driveRig(rig.engine, runId);
    expect(status).toBe('done');
    expect(eventsOf(events, 'merge_ended')[0]?.outcome).toMatchObject({
      kind: 'collided',
      left: [{ side: 'build/one', paths: ['api/src/app.txt'] }],
    });
    expect(seen[1]).toMatch(/<<<<<<<.*\ntheirs\n=======\nours\n>>>>>>>/);
    expect(rig.driver.orders.find(({ invocationId }) => invocationId.includes('-base-1/'))?.prompt).toContain(
      'leave one text in which both hold',
    );
    const { bare, branch } = branchOf(rig, events);
    expect(git(bare, 'show', `${branch}:src/app.txt`)).toBe('one\nours and theirs\nthree\n');
    await expectWhole(rig, runId, events);
  });

  it('NET-7: that never rests is brought in three times, then a person is asked, who may have it submitted as it was tested', async () => {
    let moves = 0;
    await using rig = await openPlay((order) => {
      moves += 1;
      goOn(rig.api, 'moves.md', `${moves}\n`);
      return playWell(order);
    });
    const runId = await start(rig, rig.api);
    const first = await driveRig(rig.engine, runId);
    expect([first.status, first.reason]).toEqual(['waiting_human', 'base_moved']);
    expect(eventsOf(first.events, 'graph_extended')).toHaveLength(3);
    expect(
      eventsOf(first.events, 'effect_ended').filter(({ outcome }) => outcome.kind === 'confirmed'),
    ).toEqual([]);
    expect(first.questions[0]?.text).toContain('3 times already');
    await answer(rig.engine, runId, first.questions[0]?.id ?? '', 'submit_anyway');
    const { status, events } = await driveRig(rig.engine, runId);
    expect(status).toBe('done');
    expect(bodyOf(rig)).toContain('a person wanted it submitted as it was tested');
    await expectWhole(rig, runId, events);
  });

  const policies = [
    { policy: 'ignore', answers: [], merges: 0 },
    { policy: 'ask', answers: ['bring_in'], merges: 1 },
    { policy: 'ask', answers: ['submit_anyway'], merges: 0 },
  ] as const;
  it.each(policies)(
    'NET-7: with base_moved $policy and the answers $answers is merged $merges times',
    async (of) => {
      await using rig = await openPlay((order) => {
        if (order.role !== 'reviewer') goOn(rig.api, 'other.md', 'other\n');
        return playWell(order);
      });
      const runId = await start(rig, rig.api, of.policy);
      let result = await driveRig(rig.engine, runId);
      for (const option of of.answers) {
        expect(result.reason).toBe('base_moved');
        await answer(rig.engine, runId, result.questions[0]?.id ?? '', option);
        result = await driveRig(rig.engine, runId);
      }
      expect(result.status).toBe('done');
      expect(eventsOf(result.events, 'merge_ended')).toHaveLength(of.merges);
      const { bare, branch } = branchOf(rig, result.events);
      expect(git(bare, 'ls-tree', '--name-only', branch).includes('other.md')).toBe(of.merges > 0);
      await expectWhole(rig, runId, result.events);
    },
  );

  it('NET-4: whose history was written anew is a person’s to decide, and cannot be brought in', async () => {
    await using rig = await openPlay((order) => {
      if (order.role !== 'reviewer')
        git(rig.api, '-c', 'user.name=Eve', '-c', 'user.email=e@e', 'commit', '-q', '--amend', '-m', 'Anew');
      return playWell(order);
    });
    const runId = await start(rig, rig.api);
    const { reason, questions } = await driveRig(rig.engine, runId);
    expect(reason).toBe('base_moved');
    expect(questions[0]?.options.map(({ id }) => id)).toEqual(['submit_anyway', 'abort', 'roll_back']);
  });

  it('a run that was started from an older commit than its branch holds goes out on that one', async () => {
    await using rig = await openPlay(playWell);
    const first = git(rig.api, 'rev-parse', 'HEAD').trim();
    goOn(rig.api, 'newer.md', 'newer\n');
    git(rig.api, 'checkout', '-q', '--detach', first);
    const runId = await start(rig, rig.api);
    const { status, events } = await driveRig(rig.engine, runId);
    expect([status, eventsOf(events, 'graph_extended')]).toEqual(['done', []]);
    expect(branchOf(rig, events).parents).toEqual([first]);
  });

  it('NET-7, KILL-2: is brought in once, whenever the process is killed on the way, and what was pushed is never left', async () => {
    using world = openWorld();
    const kills = ['review_started', 'graph_extended', 'merge_started', 'push_branch', 'link_pull_requests'];
    const started = await world.run('new', { brief: true, killAt: kills[0] ?? '' });
    expect(started.signal).toBe('SIGKILL');
    const runId = await world.runId();
    const moved = goOn(world.repository('service'), 'later.md', 'later\n');
    for (const killAt of kills.slice(1)) {
      const ended = await world.run(runId, { brief: true, killAt });
      expect([killAt, ended.signal]).toEqual([killAt, 'SIGKILL']);
    }
    // It goes on once more while the pull requests are still drafts.
    const again = goOn(world.repository('service'), 'last.md', 'last\n');
    expect(resultOf(await world.run(runId, { brief: true })).status).toBe('done');
    const events = await world.events();
    expect(
      eventsOf(events, 'graph_extended').map(({ base }) => base?.repos.map(({ commit }) => commit)),
    ).toEqual([expect.arrayContaining([moved]), expect.arrayContaining([again])]);
    expect(world.pulls().map(({ state }) => state)).toEqual(['ready', 'ready']);
    const bare = join(world.dir, '.baton', 'forge', 'service.git');
    const branch = world.pulls()[0]?.branch ?? '';
    const log = git(bare, 'log', '--first-parent', '--format=%P', branch).trim().split('\n');
    expect(log[0]?.split(' ')[1]).toBe(again);
    expect(log[1]).toBe(moved);
    expect(checkVerdictChain(events)).toBeNull();
  });
});
