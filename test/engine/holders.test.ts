/** Several processes that want one run: exactly one has it, and whoever lost it does nothing more. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../src/core/events.ts';
import { eventsOf } from './plays.ts';
import { openWorld, resultOf, until, type World } from './worlds.ts';
import { within } from '../../src/testing/time-bounds.ts';

const FULL = process.env['BATON_TEST_FULL'] !== undefined;
const AT_ONCE = FULL ? 20 : 8;

let world: World;
beforeEach(() => {
  world = openWorld();
  writeFileSync(join(world.dir, 'hold'), '');
});
afterEach(() => world[Symbol.dispose]());

const release = (): void => rmSync(join(world.dir, 'hold'));
const isAtWork = (): boolean => {
  try {
    return readFileSync(join(world.dir, 'at-work'), 'utf8') !== '';
  } catch {
    return false; // not yet
  }
};

/** Invocations and reviews that have more than one outcome, or effects that were really done twice. */
function repeated(events: JournalEvent[]): string[] {
  const done = events.flatMap(({ event }) => {
    if (event.type === 'effect_ended')
      return event.outcome.kind === 'confirmed' && event.outcome.performed ? [event.key] : [];
    return event.type === 'invocation_ended' || event.type === 'review_ended'
      ? [event.key.replace(/\/a\d+$/, '')]
      : [];
  });
  return done.filter((key, index) => done.indexOf(key) !== index);
}

async function startHeld(): Promise<{ runId: string; first: ReturnType<World['start']> }> {
  const first = world.start('new', { canHold: true });
  await until(isAtWork);
  return { runId: await world.runId(), first };
}

describe('a run that is held', () => {
  it('DUP-1: refuses a second resume with exit 6 and the holder’s pid, and nothing changes', async () => {
    const { runId, first } = await startHeld();
    const before = await world.events();
    const { code, err } = await world.run(runId);
    expect(code).toBe(6);
    expect(err).toMatch(new RegExp(`E_HELD.*is held by pid ${first.child.pid} since `));
    expect(await world.events()).toEqual(before);
    {
      await using journal = await world.openJournal();
      const asked = (): Promise<void> =>
        expect(journal.hold(runId, { takeOver: false })).rejects.toMatchObject({ code: 'E_HELD' });
      await within(1_000, asked);
    }
    release();
    expect(resultOf(await first.ended)).toMatchObject({ status: 'done' });
    expect(eventsOf(await world.events(), 'holder_changed')).toHaveLength(1);
  });

  it('DUP-3: a stopped holder is taken over; woken again it writes nothing and opens no pull request', async () => {
    const { runId, first } = await startHeld();
    first.child.kill('SIGSTOP');
    expect((await world.run(runId)).code).toBe(6);
    release();
    const second = await world.run(runId, { takeOver: true });
    expect(resultOf(second)).toMatchObject({ status: 'done' });
    const after = await world.events();
    first.child.kill('SIGCONT');
    const { signal, code } = await first.ended;
    expect(signal === 'SIGKILL' || code === 6).toBe(true);
    expect(await world.events()).toEqual(after);
    expect(eventsOf(after, 'holder_changed').map((event) => event.took_over)).toEqual([false, true]);
    expect(world.pulls()).toHaveLength(2);
    expect(repeated(after)).toEqual([]);
  });

  it('DUP-6, HIST-1: of two opposite answers at once the first counts, and the second is told who won', async () => {
    rmSync(join(world.dir, 'hold'));
    expect(resultOf(await world.run('new', { confirm: true }))).toMatchObject({ status: 'waiting_human' });
    const runId = await world.runId();
    await using one = await world.openJournal();
    await using two = await world.openJournal();
    const posts = [
      one.post(runId, {
        kind: 'answer',
        questionId: 'confirm_start',
        option: 'confirm',
        text: '',
        name: 'ada',
        via: 'cli',
      }),
      two.post(runId, {
        kind: 'answer',
        questionId: 'confirm_start',
        option: 'abort',
        text: '',
        name: 'bob',
        via: 'cli',
      }),
    ];
    const [ada, bob] = await Promise.allSettled(posts);
    const lost = [ada, bob].flatMap((post) => (post?.status === 'rejected' ? [String(post.reason)] : []));
    expect(lost).toHaveLength(1);
    const winner = ada?.status === 'fulfilled' ? 'ada' : 'bob';
    expect(lost[0]).toContain(`by ${winner}`);
    const { status } = resultOf(await world.run(runId));
    expect(status).toBe(winner === 'ada' ? 'done' : 'cancelled');
    expect(eventsOf(await world.events(), 'question_answered').map(({ actor }) => actor)).toEqual([
      { kind: 'human', name: winner, via: 'cli' },
    ]);
  });
});

describe('many holders at once', () => {
  it(`DUP-4: of ${AT_ONCE} resumes at once exactly one drives, and no step is repeated`, async () => {
    const { runId, first } = await startHeld();
    first.child.kill('SIGKILL');
    await first.ended;
    rmSync(join(world.dir, 'at-work'));
    const many = Array.from({ length: AT_ONCE }, () => world.start(runId, { canHold: true }));
    // The winner waits in its agent until all others were turned away.
    const codes: (number | null)[] = [];
    for (const { ended } of many) void ended.then(({ code }) => codes.push(code));
    await until(() => codes.length === AT_ONCE - 1);
    expect(codes).toEqual(codes.map(() => 6));
    release();
    await until(() => codes.length === AT_ONCE);
    expect(codes.filter((code) => code === 0)).toHaveLength(1);
    const events = await world.events();
    expect(eventsOf(events, 'holder_changed')).toHaveLength(2);
    expect(eventsOf(events, 'run_ended').map(({ status }) => status)).toEqual(['done']);
    expect(repeated(events)).toEqual([]);
    expect(world.pulls()).toHaveLength(2);
  });
});
