/** What becomes of what a cancelled run made: at the forge, in the engine's store, and across kills. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { CleanUp } from '../../src/core/words.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Forge } from '../../src/forges/forge.ts';
import { driveRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { configOf, eventsOf, openPlay, playWell } from './plays.ts';
import { openWorld, resultOf } from './worlds.ts';

const BUILD = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' } as const;

/** The forge, but for what `over` does otherwise. */
function forgeWith(forge: Forge, over: Partial<Forge>): Forge {
  return {
    name: forge.name,
    hasChecks: forge.hasChecks,
    readBase: (place, signal) => forge.readBase(place, signal),
    readPull: (place, signal) => forge.readPull(place, signal),
    readReviews: (place, signal) => forge.readReviews(place, signal),
    preflight: (repositories, signal) => forge.preflight(repositories, signal),
    preparePush: (request, signal) => forge.preparePush(request, signal),
    pushBranch: (request, signal) => forge.pushBranch(request, signal),
    openPullRequest: (request, signal) => forge.openPullRequest(request, signal),
    linkPullRequests: (request, all, signal) => forge.linkPullRequests(request, all, signal),
    markReady: (request, signal) => forge.markReady(request, signal),
    setLabels: (request, labels, signal) => forge.setLabels(request, labels, signal),
    askReviewers: (request, wanted, signal) => forge.askReviewers(request, wanted, signal),
    setStatus: (request, status, signal) => forge.setStatus(request, status, signal),
    writeComment: (request, text, signal) => forge.writeComment(request, text, signal),
    closePullRequest: (place, signal) => forge.closePullRequest(place, signal),
    deleteBranch: (place, signal) => forge.deleteBranch(place, signal),
    readChecks: (place, commit, signal) => forge.readChecks(place, commit, signal),
    ...over,
  };
}

/** A run whose draft is open and cannot be marked ready. */
async function openStuck() {
  const rig = await openPlay(playWell);
  const { graph, agents } = sequenceGraph([BUILD], { submit: true });
  const runId = await startRigRun(rig.engine, { graph, agents, repos: [rig.api], config: configOf([]) });
  const forge = rig.engine.openForge('local');
  const refuse: Forge['markReady'] = async () => ({ kind: 'refused', detail: 'a draft stays one' });
  const engine: Engine = { ...rig.engine, openForge: () => forgeWith(forge, { markReady: refuse }) };
  const stuck = await driveRig(engine, runId);
  const branch = stuck.state.pullRequests[0]?.branch ?? '';
  const bare = join(rig.stateDir, 'forge', 'api.git');
  const cancel = async (cleanUp: CleanUp) => {
    await engine.journal.post(runId, { kind: 'cancel', reason: 'enough', cleanUp, name: 'ada', via: 'cli' });
    const ended = await driveRig(engine, runId);
    return { ...ended, record: eventsOf(ended.events, 'run_ended')[0] };
  };
  return {
    rig,
    runId,
    branch,
    bare,
    cancel,
    kept: () => refs(rig.engine.workspaces.storePath(runId, 'api'), `refs/baton/${runId}/`),
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
}

function refs(gitDir: string, prefix: string): string[] {
  const text = execFileSync('git', ['--git-dir', gitDir, 'for-each-ref', '--format=%(refname)', prefix], {
    encoding: 'utf8',
  });
  return text.split('\n').filter((line) => line !== '');
}

describe('ending a run before its time', () => {
  it('R90: keeps drafts, branches and work where everything is kept', async () => {
    await using one = await openStuck();
    const { status, record, state } = await one.cancel('keep_everything');
    expect(status).toBe('cancelled');
    expect(record?.clean_up).toBeUndefined();
    expect(state.pullRequests).toMatchObject([{ state: 'draft' }]);
    expect(refs(one.bare, `refs/heads/${one.branch}`)).toHaveLength(1);
    expect(one.kept().length).toBeGreaterThan(1);
  });

  it('R90: drops the kept work and nothing at the forge where the artifacts are kept', async () => {
    await using one = await openStuck();
    expect(one.kept().length).toBeGreaterThan(1);
    const { record, events } = await one.cancel('keep_artifacts');
    expect(one.kept()).toEqual([]);
    expect(refs(one.bare, `refs/heads/${one.branch}`)).toHaveLength(1);
    expect(record).toMatchObject({
      status: 'cancelled',
      clean_up: { choice: 'keep_artifacts', done: [expect.stringContaining('dropped')], left: [] },
      pull_requests: [{ state: 'draft' }],
    });
    const output = eventsOf(events, 'step_accepted')[0]?.output?.artifact ?? '';
    expect(await one.rig.engine.journal.getArtifact(one.runId, output)).not.toBeNull();
  });

  it('R90: closes its draft and deletes its branch where it is rolled back, and keeps the work', async () => {
    await using one = await openStuck();
    const { record } = await one.cancel('roll_back');
    expect(refs(one.bare, `refs/heads/${one.branch}`)).toEqual([]);
    expect(record).toMatchObject({
      pull_requests: [{ state: 'closed' }],
      clean_up: { done: [expect.stringContaining('closed'), expect.stringContaining('deleted')], left: [] },
    });
    expect(one.kept().length).toBeGreaterThan(1);
  });

  it('R90: does both where it is cleaned up', async () => {
    await using one = await openStuck();
    await one.cancel('clean_up');
    expect(refs(one.bare, `refs/heads/${one.branch}`)).toEqual([]);
    expect(one.kept()).toEqual([]);
    expect(existsSync(join(one.rig.dir, 'work', one.runId))).toBe(false);
  });

  it('R90: leaves a branch that somebody else moved, and says so', async () => {
    await using one = await openStuck();
    const main = execFileSync('git', ['--git-dir', one.bare, 'rev-parse', 'main'], {
      encoding: 'utf8',
    }).trim();
    execFileSync('git', ['--git-dir', one.bare, 'update-ref', `refs/heads/${one.branch}`, main]);
    const { record } = await one.cancel('roll_back');
    expect(refs(one.bare, `refs/heads/${one.branch}`)).toHaveLength(1);
    expect(record?.clean_up?.left).toEqual([expect.stringContaining('this run did not push')]);
  });

  it('R90: leaves a pull request that is ready, and its branch', async () => {
    await using one = await openStuck();
    const forge = one.rig.engine.openForge('local');
    const engine = { ...one.rig.engine, openForge: () => forge };
    await engine.journal.post(one.runId, {
      kind: 'answer',
      questionId: [...(await driveRig(engine, one.runId)).state.openQuestions][0] ?? '',
      option: 'retry',
      text: '',
      name: 'ada',
      via: 'cli',
    });
    const late: Forge['markReady'] = async (request, signal) => {
      await forge.markReady(request, signal);
      await engine.journal.post(one.runId, {
        kind: 'cancel',
        reason: 'enough',
        cleanUp: 'roll_back',
        name: 'ada',
        via: 'cli',
      });
      // The cancellation is taken in while the effect is under way: its outcome is waited for.
      while ((await engine.journal.pending(one.runId)).length > 0) await pause(10);
      return { kind: 'failed', detail: 'connection reset', retryable: true };
    };
    const slow = { ...engine, openForge: () => forgeWith(forge, { markReady: late }) };
    const { events } = await driveRig(slow, one.runId);
    expect(refs(one.bare, `refs/heads/${one.branch}`)).toHaveLength(1);
    const types = events.map(({ event }) => event.type);
    expect(types.lastIndexOf('effect_ended')).toBeLessThan(types.indexOf('clean_up_started'));
    expect(eventsOf(events, 'run_ended')[0]?.clean_up?.left).toEqual([
      expect.stringContaining('no draft any more'),
      expect.stringContaining('its pull request stays'),
    ]);
  });

  it('R90: starts no clean-up while an agent is still at work, and leaves no state of it behind', async () => {
    let runId = '';
    let stood = false;
    const rig = await openPlay(async (order, signal) => {
      if (order.access === 'read') return playWell(order);
      await rig.engine.journal.post(runId, {
        kind: 'cancel',
        reason: 'enough',
        cleanUp: 'clean_up',
        name: 'ada',
        via: 'cli',
      });
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await pause(200);
      stood = existsSync(order.workspace.repos[0]?.path ?? '');
      return playWell(order);
    });
    await using closing = rig;
    const { graph, agents } = sequenceGraph([BUILD], { submit: false });
    runId = await startRigRun(closing.engine, { graph, agents, repos: [rig.api], config: configOf([]) });
    const { status } = await driveRig(closing.engine, runId);
    expect(status).toBe('cancelled');
    expect(stood).toBe(true);
    expect(refs(rig.engine.workspaces.storePath(runId, 'api'), `refs/baton/${runId}/`)).toEqual([]);
    expect(readdirSync(join(rig.dir, 'work'))).toEqual([]);
  });

  it('R90, KILL-2: a kill in the middle of it is gone on from, and a draft whose record was lost is closed too', async () => {
    using world = openWorld();
    expect((await world.run('new', { killAt: 'open_pull_request' })).signal).toBe('SIGKILL');
    const runId = await world.runId();
    {
      await using journal = await world.openJournal();
      const message = {
        kind: 'cancel',
        reason: 'no',
        cleanUp: 'roll_back',
        name: 'ada',
        via: 'cli',
      } as const;
      await journal.post(runId, message);
    }
    expect((await world.run(runId, { killAt: 'delete_branch' })).signal).toBe('SIGKILL');
    expect(resultOf(await world.run(runId))).toMatchObject({ status: 'cancelled', reason: 'no' });
    expect(world.pulls().length).toBeGreaterThan(0);
    expect(new Set(world.pulls().map(({ state }) => state))).toEqual(new Set(['closed']));
    for (const name of ['client', 'service'])
      expect(refs(join(world.dir, '.baton', 'forge', `${name}.git`), 'refs/heads/baton/')).toEqual([]);
    expect(eventsOf(await world.events(), 'run_ended')).toMatchObject([{ clean_up: { left: [] } }]);
  });
});
