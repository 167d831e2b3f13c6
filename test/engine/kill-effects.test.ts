/** kill -9 between something done and its record, in every place where a second time would show outside. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../src/testing/random.ts';
import { eventsOf } from './plays.ts';
import type { WorldOptions } from './world.ts';
import { openWorld, resultOf, type World } from './worlds.ts';

const FULL = process.env['BATON_TEST_FULL'] !== undefined;
const KILLS = FULL ? 200 : 25;
const RUNS = FULL ? 20 : 5;

let world: World;
beforeEach(() => {
  world = openWorld();
});
afterEach(() => world[Symbol.dispose]());

describe('a kill between an effect and its record', () => {
  it('KILL-2: at each of the four kinds of effect the next holder finds it done: one branch, one pull request per repository', async () => {
    let run = 'new';
    for (const killAt of ['push_branch', 'open_pull_request', 'link_pull_requests', 'mark_ready']) {
      expect((await world.run(run, { killAt })).signal, killAt).toBe('SIGKILL');
      run = await world.runId();
      const events = await world.events();
      expect(eventsOf(events, 'effect_intended').filter((e) => e.effect === killAt).length).toBeGreaterThan(
        0,
      );
      expect(eventsOf(events, 'effect_ended').filter((e) => e.effect === killAt)).toEqual([]);
    }
    expect(resultOf(await world.run(run))).toMatchObject({ status: 'done' });
    expect(world.pulls().map(({ state }) => state)).toEqual(['ready', 'ready']);
    expect(new Set(world.pulls().map(({ branch }) => branch)).size).toBe(1);
    const all = eventsOf(await world.events(), 'effect_ended');
    const ended = all.filter(({ effect }) => effect !== 'prepare_push');
    expect(ended).toHaveLength(8);
    const found = ended.filter(({ outcome }) => outcome.kind === 'confirmed' && !outcome.performed);
    expect(new Set(found.map(({ effect }) => effect)).size).toBe(4);
  });
});

describe('a kill between what stands beside a pull request and its record', () => {
  it('KILL-2: labels and the status of the commit are found set by the next holder', async () => {
    const options: WorldOptions = {
      brief: true,
      repos: ['service'],
      pullRequests: { baseMoved: 'merge', labels: ['baton'], reviewers: ['ada'], status: true },
    };
    let run = 'new';
    const kinds: string[] = ['set_labels', 'end_status'];
    for (const killAt of kinds) {
      expect((await world.run(run, { ...options, killAt })).signal, killAt).toBe('SIGKILL');
      run = await world.runId();
    }
    expect(resultOf(await world.run(run, options))).toMatchObject({ status: 'done' });
    const ended = eventsOf(await world.events(), 'effect_ended');
    const found = ended.filter(({ outcome }) => outcome.kind === 'confirmed' && !outcome.performed);
    expect(found.map(({ effect }) => effect).filter((kind) => kinds.includes(kind))).toEqual(kinds);
    expect(world.pulls()).toMatchObject([{ state: 'ready', labels: ['baton'], reviewers: ['ada'] }]);
  });
});

describe('a kill during gates', () => {
  it('KILL-4: runs them again from a clean tree, and half a result never counts', async () => {
    expect((await world.run('new', { killAt: 'gates' })).signal).toBe('SIGKILL');
    const before = await world.events();
    expect(eventsOf(before, 'gates_started')).toHaveLength(1);
    expect(eventsOf(before, 'gates_ended')).toEqual([]);
    expect(resultOf(await world.run(await world.runId()))).toMatchObject({ status: 'done' });
    const events = await world.events();
    const [first, second] = eventsOf(events, 'gates_started');
    expect(eventsOf(events, 'interrupted').flatMap(({ keys }) => keys)).toEqual([first?.key]);
    expect(second).toMatchObject({ step: first?.step, revision: first?.revision });
    const results = eventsOf(events, 'gates_ended').flatMap(({ outcome }) =>
      outcome.kind === 'measured' ? outcome.results.map((result) => result.status) : ['failed'],
    );
    expect(results).not.toContain('fail');
    expect(results).not.toContain('error');
  });
});

describe('a kill while a person is asked', () => {
  it('KILL-5, HIST-1: the question stands, an answer given while nobody holds the run counts once, a second one is told who won', async () => {
    expect((await world.run('new', { confirm: true, killAt: 'question_asked' })).signal).toBe('SIGKILL');
    const runId = await world.runId();
    {
      await using journal = await world.openJournal();
      expect(await journal.getRun(runId)).toMatchObject({ status: 'waiting_human', reason: 'confirm_start' });
      const message = {
        kind: 'answer',
        questionId: 'confirm_start',
        option: 'confirm',
        text: '',
        via: 'cli',
      } as const;
      await journal.post(runId, { ...message, name: 'ada' });
      await expect(journal.post(runId, { ...message, option: 'abort', name: 'bob' })).rejects.toMatchObject({
        code: 'E_ANSWERED',
        message: expect.stringContaining('"confirm" by ada'),
      });
    }
    expect((await world.run(runId, { killAt: 'question_answered' })).signal).toBe('SIGKILL');
    expect(resultOf(await world.run(runId))).toMatchObject({ status: 'done' });
    const events = await world.events();
    expect(eventsOf(events, 'question_asked')).toHaveLength(1);
    expect(eventsOf(events, 'question_answered')).toMatchObject([
      { option: 'confirm', actor: { name: 'ada' } },
    ]);
  });

  it('HIST-1: a start and a cancellation that were acknowledged before a kill are in the journal exactly once', async () => {
    const started = await world.run('new', { confirm: true, killAt: 'started' });
    const runId = /started (\S+)/.exec(started.out)?.[1] ?? '';
    expect(started.signal).toBe('SIGKILL');
    expect(eventsOf(await world.events(), 'run_started').map((event) => event.run_id)).toEqual([runId]);
    {
      await using journal = await world.openJournal();
      await journal.post(runId, { kind: 'cancel', reason: 'not today', name: 'ada', via: 'cli' });
    }
    expect((await world.run(runId, { killAt: 'cancel_requested' })).signal).toBe('SIGKILL');
    expect(resultOf(await world.run(runId))).toMatchObject({ status: 'cancelled', reason: 'not today' });
    const events = await world.events();
    expect(eventsOf(events, 'cancel_requested')).toHaveLength(1);
    expect(eventsOf(events, 'run_ended')).toHaveLength(1);
    expect(eventsOf(events, 'run_started')).toHaveLength(1);
  });
});

describe('a restart of the machine', () => {
  it('KILL-9: work folders that are gone are made again from the last recorded commit', async () => {
    expect((await world.run('new', { killAt: 'rework_requested' })).signal).toBe('SIGKILL');
    rmSync(join(world.dir, 'work'), { recursive: true, force: true });
    expect(resultOf(await world.run(await world.runId()))).toMatchObject({ status: 'done' });
    const events = await world.events();
    expect(eventsOf(events, 'interrupted').flatMap(({ keys }) => keys)).toEqual([
      'build/service/r2/work.build.service/a1',
    ]);
    const again = eventsOf(events, 'invocation_started').filter((e) => e.key.startsWith('build/service/r2/'));
    expect(again.map(({ attempt, base }) => [attempt, base])).toEqual([
      [1, again[0]?.base],
      [2, again[0]?.base],
    ]);
    expect(world.pulls()).toHaveLength(2);
  });
});

describe('chaos', () => {
  it(
    `KILL-7, R66: ${KILLS} kills at random times over ${RUNS} runs or more cost at most one attempt each, and nothing twice`,
    async () => {
      const seed = Number(process.env['BATON_TEST_SEED'] ?? Date.now() % 1_000_000);
      process.stdout.write(`KILL-7 seed ${seed} (BATON_TEST_SEED)\n`);
      const random = createRandom(seed);
      let kills = 0;
      for (let run = 0; run < RUNS || kills < KILLS; run++) {
        using victim = openWorld();
        kills += await killUntilDone(victim, random);
        const events = await victim.events();
        const where = `seed ${seed}, run ${run}`;
        expect(
          eventsOf(events, 'run_ended').map((event) => event.status),
          where,
        ).toEqual(['done']);
        expect(
          victim.pulls().map(({ state }) => state),
          where,
        ).toEqual(['ready', 'ready']);
        for (const { keys } of eventsOf(events, 'interrupted'))
          expect(keys.filter((key) => /\/(work|review)\./.test(key)).length, where).toBeLessThanOrEqual(1);
        const accepted = eventsOf(events, 'step_accepted').map(({ step }) => step);
        expect(new Set(accepted).size, where).toBe(accepted.length);
        expect(eventsOf(events, 'rework_requested'), where).toHaveLength(1);
      }
      expect(kills).toBeGreaterThanOrEqual(KILLS);
    },
    FULL ? 1_800_000 : 900_000,
  );
});

/** Kills at random times, at most eight times; then lets it end. */
async function killUntilDone(victim: World, random: Random): Promise<number> {
  let kills = 0;
  for (; kills < 8; kills++) {
    const process = victim.start(await victim.runId());
    await process.says('driving');
    const timer = setTimeout(() => process.child.kill('SIGKILL'), random() * 500);
    const { signal, code, err } = await process.ended;
    clearTimeout(timer);
    if (signal === null) {
      if (code !== 0) throw new Error(err);
      return kills;
    }
  }
  resultOf(await victim.run(await victim.runId()));
  return kills;
}
