import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JournalEvent, RunEvent } from '../../src/core/events.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open.ts';
import { readOwnIdentity } from '../../src/journal/process-identity.ts';
import type { KillPoint } from '../../src/testing/kill-world.ts';
import { createRepository } from '../../src/testing/rig.ts';

const WORLD = join(import.meta.dirname, '../../src/testing/kill-world.ts');

interface World {
  dir: string;
  events: JournalEvent[];
  pulls: { branch: string; title: string }[];
  tree: string;
  resumeMs: number[];
}

/** Starts the world, kills it at the point, resumes until it is done. */
async function runWorld(point: KillPoint): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'baton-kill-'));
  for (const name of ['service', 'client'])
    createRepository(join(dir, 'repos', name), { 'README.md': `# ${name}\n` });
  const resumeMs: number[] = [];
  let run = 'new';
  let kill = point;
  for (let tries = 0; tries < 5; tries++) {
    const done = spawnSync(process.execPath, [WORLD, dir, run, kill.where, String(kill.n)], {
      encoding: 'utf8',
    });
    if (done.signal === null && done.status !== 0) throw new Error(`the world broke: ${done.stderr}`);
    if (done.signal === null) {
      const result = JSON.parse(done.stdout) as { status: string; resumeMs: number };
      expect(result.status).toBe('done');
      if (run !== 'new') resumeMs.push(result.resumeMs);
      break;
    }
    kill = { where: 'never', n: 0 };
    run = (await lastRun(dir)) ?? 'new';
  }
  const events = await readEvents(dir);
  return { dir, events, pulls: readPulls(dir), tree: readTree(dir, events), resumeMs };
}

async function lastRun(dir: string): Promise<string | null> {
  await using journal = await openSqliteJournal({
    dir: join(dir, '.baton'),
    clock: () => new Date(),
    host: readOwnIdentity('test'),
  });
  const rows = await journal.listRuns({ limit: 10, prefix: '' });
  return rows.find((row) => row.seq > 0)?.runId ?? null;
}

async function readEvents(dir: string): Promise<JournalEvent[]> {
  const run = await lastRun(dir);
  await using journal = await openSqliteJournal({
    dir: join(dir, '.baton'),
    clock: () => new Date(),
    host: readOwnIdentity('test'),
  });
  return journal.read(run ?? '', 1);
}

function pullRequestsOf(
  events: JournalEvent[],
): { repo: string; branch: string; head: string; state: string }[] {
  const ended = events.map((e) => e.event).find((e) => e.type === 'run_ended');
  return ended?.type === 'run_ended' ? ended.pull_requests : [];
}

/** Every pull request record that the local forge holds. */
function readPulls(dir: string): World['pulls'] {
  const forge = join(dir, '.baton', 'forge');
  return readdirSync(forge, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(forge, file), 'utf8')) as World['pulls'][number]);
}

function readTree(dir: string, events: JournalEvent[]): string {
  return pullRequestsOf(events)
    .map(({ repo, branch }) =>
      execFileSync(
        'git',
        ['--git-dir', join(dir, '.baton', 'forge', `${repo}.git`), 'ls-tree', '-r', branch],
        { encoding: 'utf8' },
      ),
    )
    .join('\n');
}

/** The history without what a kill may change: holders, interruptions, starts that were lost, attempt numbers, times, ids. */
function essence(events: JournalEvent[]): string[] {
  const list = events.map((entry) => entry.event);
  const ended = new Set(
    list.flatMap((event) => (event.type.endsWith('_ended') && 'key' in event ? [event.key] : [])),
  );
  const lines = list
    .filter((event) => isEssential(event, ended))
    .map((event) => ({ event, line: withoutChance(event) }));
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

function withoutChance(event: RunEvent): string {
  return JSON.stringify(event, (name, value: unknown) => {
    if (
      ['duration_ms', 'attempt', 'commit', 'performed', 'url', 'branch', 'head', 'log', 'cached'].includes(
        name,
      )
    )
      return undefined;
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

describe('a run that is killed', () => {
  let whole: World;
  const worlds: World[] = [];

  beforeAll(async () => {
    whole = await runWorld({ where: 'never', n: 0 });
    worlds.push(whole);
  });
  afterAll(() => {
    for (const world of worlds) rmSync(world.dir, { recursive: true, force: true });
  });

  async function expectSame(point: KillPoint): Promise<World> {
    const world = await runWorld(point);
    worlds.push(world);
    expect(essence(world.events), `killed ${point.where} ${point.n}`).toEqual(essence(whole.events));
    expect(repeatedSteps(world.events), `killed ${point.where} ${point.n}`).toEqual([]);
    expect(world.tree).toBe(whole.tree);
    expect(world.pulls).toHaveLength(2);
    for (const ms of world.resumeMs) expect(ms).toBeLessThan(1_000);
    return world;
  }

  it('runs to two ready pull requests when nobody kills it', () => {
    expect(pullRequestsOf(whole.events).map((pull) => [pull.repo, pull.state])).toEqual([
      ['client', 'ready'],
      ['service', 'ready'],
    ]);
    expect(whole.events.some((entry) => entry.event.type === 'rework_requested')).toBe(true);
  });

  it('KILL-1: killed before and after every durable write, it ends with the same history, trees and pull requests', async () => {
    const appends = countAppends(whole.events);
    expect(appends).toBeGreaterThan(15);
    for (let n = 1; n <= appends; n++) {
      await expectSame({ where: 'before', n });
      await expectSame({ where: 'after', n });
    }
  }, 600_000);

  it('KILL-3: killed inside an attempt, the next one starts from the recorded commit and spends no budget', async () => {
    for (const n of [1, 3, 5, 7]) {
      const { events } = await expectSame({ where: 'inside', n });
      const interrupted = events.map((e) => e.event).filter((e) => e.type === 'interrupted');
      expect(interrupted.length).toBe(1);
    }
  }, 300_000);
});

/** Appends of the un-killed run: each one's events carry the same time, and the times of two appends differ. */
function countAppends(events: JournalEvent[]): number {
  return new Set(events.map((entry) => entry.at)).size;
}
