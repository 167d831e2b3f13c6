/** kill -9 at every boundary of a run and inside its attempts: it ends as if nothing had happened. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JournalEvent, RunEvent } from '../../src/core/events.ts';
import { eventsOf } from './plays.ts';
import type { WorldOptions } from './world.ts';
import { openWorld, resultOf } from './worlds.ts';
import { boundMs } from '../../src/testing/time-bounds.ts';

const FULL = process.env['BATON_TEST_FULL'] !== undefined;
/** Before a write nothing is durable that was not after the one before it; what differs is the work that is lost. */
const BEFORE_EVERY = FULL ? 1 : 3;

/** How a run that may have been killed once came out. */
interface Finished {
  killed: boolean;
  /** What was durable when it was killed. */
  durable: JournalEvent[];
  events: JournalEvent[];
  pulls: { branch: string; state: string }[];
  tree: string;
  /** From the start of the second process to its first durable event; null: it was not killed, or nothing was there yet. */
  resumeMs: number | null;
}

/** Runs a world, killed at this point if it comes there, and resumes it until it is done. */
async function finish(kill: WorldOptions['kill']): Promise<Finished> {
  using world = openWorld();
  const first = await world.run('new', kill === undefined ? {} : { kill });
  const killed = first.signal === 'SIGKILL';
  const runId = await world.runId();
  const durable = killed && runId !== 'new' ? await world.events() : [];
  const result = resultOf(killed ? await world.run(runId) : first);
  expect(result.status).toBe('done');
  const events = await world.events();
  return {
    killed,
    durable,
    events,
    pulls: world.pulls(),
    tree: readTree(world.dir, events),
    resumeMs: durable.length === 0 ? null : result.drivingMs,
  };
}

function readTree(dir: string, events: JournalEvent[]): string {
  return eventsOf(events, 'run_ended')
    .flatMap((ended) => ended.pull_requests)
    .map(({ repo, branch }) =>
      execFileSync(
        'git',
        ['--git-dir', join(dir, '.baton', 'forge', `${repo}.git`), 'ls-tree', '-r', branch],
        { encoding: 'utf8' },
      ),
    )
    .join('\n');
}

/** The history without what a kill may change: holders, interruptions, starts that were lost, attempt numbers, times, ids, looks before a push. */
function essence(events: JournalEvent[]): string[] {
  const list = events.map((entry) => entry.event);
  const ended = new Set(
    list.flatMap((event) => (event.type.endsWith('_ended') && 'key' in event ? [event.key] : [])),
  );
  const lines = list
    .filter((event) => isEssential(event, ended))
    .map((event) => ({ event, line: withoutChance(event) }))
    .filter(({ event, line }, i, all) => !isLook(event) || all.findIndex((one) => one.line === line) === i);
  // Repositories are submitted side by side: within the submission, order is chance.
  const effects = lines.filter(({ event }) => event.type === 'effect_ended').map(({ line }) => line);
  return [
    ...lines.filter(({ event }) => event.type !== 'effect_ended').map(({ line }) => line),
    ...effects.toSorted(),
  ];
}

function isEssential(event: RunEvent, ended: Set<string>): boolean {
  if (event.type === 'holder_changed' || event.type === 'interrupted' || event.type === 'run_started')
    return false;
  if (!('key' in event) || event.type.endsWith('_ended')) return true;
  return event.type !== 'effect_intended' && ended.has(event.key);
}

/** Who goes on after a kill looks again at what is about to be pushed to. */
const isLook = (event: RunEvent): boolean => event.type === 'effect_ended' && event.effect === 'prepare_push';

/** Of a process, or of what holds the id of its run: folders, commits, and what names those. */
const CHANCE = new Set(
  'duration_ms attempt commit performed url branch head log cached sent statement way_back'.split(' '),
);

function withoutChance(event: RunEvent): string {
  return JSON.stringify(event, (name, value: unknown) => {
    if (CHANCE.has(name)) return undefined;
    return typeof value === 'string' ? value.replace(/\/a\d+$/, '') : value;
  });
}

function repeatedSteps(events: JournalEvent[]): string[] {
  const outcomes = events
    .map((e) => e.event)
    .flatMap((e) => (e.type.endsWith('_ended') && 'key' in e ? [e.key] : []));
  const rounds = events
    .map((e) => e.event)
    .flatMap((e) =>
      e.type === 'invocation_ended' && e.outcome.kind === 'submitted' ? [e.key.replace(/\/a\d+$/, '')] : [],
    );
  return [...outcomes, ...rounds]
    .filter((key, i, all) => all.indexOf(key) !== i && !rounds.includes(key))
    .concat(rounds.filter((key, i) => rounds.indexOf(key) !== i));
}

/** A resume that takes longer is a slow one; on a busy machine by as much longer as that is slower. */
const RESUME_MS = 1_000;

describe('a run that is killed', () => {
  let whole: Finished;
  const resumes: { ms: number; isSlow: boolean }[] = [];

  beforeAll(async () => {
    whole = await finish(undefined);
  });

  async function expectSame(kill: NonNullable<WorldOptions['kill']>): Promise<Finished> {
    const run = await finish(kill);
    const where = `killed ${kill.where} ${kill.n}`;
    expect(essence(run.events), where).toEqual(essence(whole.events));
    expect(repeatedSteps(run.events), where).toEqual([]);
    expect(run.tree, where).toBe(whole.tree);
    const pulls = run.pulls.map(({ state }) => state);
    expect(pulls, where).toEqual(['ready', 'ready']);
    const ms = run.resumeMs;
    if (ms !== null) resumes.push({ ms, isSlow: ms >= RESUME_MS && ms >= boundMs(RESUME_MS) });
    return run;
  }

  it('runs to two ready pull requests when nobody kills it', () => {
    const pulls = eventsOf(whole.events, 'run_ended').flatMap((ended) => ended.pull_requests);
    expect(pulls.map((pull) => [pull.repo, pull.state])).toEqual([
      ['client', 'ready'],
      ['service', 'ready'],
    ]);
    expect(eventsOf(whole.events, 'rework_requested')).toHaveLength(1);
  });

  it(`KILL-1: killed after every durable write, every step boundary among them, and before ${FULL ? 'every' : 'every third'} one, it ends with the same history, trees and pull requests`, async () => {
    const killed: Finished[] = [];
    for (const where of ['before', 'after'] as const) {
      // There are no more writes where a run ends without having been killed.
      for (let n = 1; ; n += where === 'before' ? BEFORE_EVERY : 1) {
        const run = await expectSame({ where, n });
        if (!run.killed) break;
        killed.push(run);
      }
    }
    const accepted = killed.map(({ durable }) => eventsOf(durable, 'step_accepted').length);
    const steps = eventsOf(whole.events, 'step_accepted').length;
    expect(steps).toBeGreaterThan(3);
    expect([...new Set(accepted)].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: steps + 1 }, (_, count) => count),
    );
    expect(killed.some(({ durable }) => eventsOf(durable, 'run_ended').length === 1)).toBe(true);
    const slow = resumes.filter(({ isSlow }) => isSlow).map(({ ms }) => Math.round(ms));
    expect(slow.length, `slow ones: ${slow.join(', ')} ms`).toBeLessThan(resumes.length / 2);
  }, 1_200_000);

  it('KILL-3: killed inside an attempt, the next one starts from the recorded commit and spends no budget', async () => {
    for (const n of [1, 3, 5, 7]) {
      const { killed, events } = await expectSame({ where: 'inside', n });
      expect(killed, `inside ${n}`).toBe(true);
      expect(eventsOf(events, 'interrupted')).toHaveLength(1);
    }
  });
});
