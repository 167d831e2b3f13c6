/** The time of day is for people: order comes from the sequence, limits and durations from a monotonic clock. */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createCommandDriver } from '../../src/drivers/command.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open.ts';
import { readOwnIdentity } from '../../src/journal/process-identity.ts';
import { driveRig, sequenceGraph, startRigRun, type Rig } from '../../src/testing/rig.ts';
import { done, eventsOf, Failed, openPlay, playWell, type Play } from './plays.ts';

const YEARS_10 = 10 * 365 * 24 * 3_600_000;
const STEP = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' } as const;

/** The rig's engine with a journal and a clock that tell this time of day. */
async function withTime(rig: Rig, now: () => Date): Promise<Engine & AsyncDisposable> {
  const journal = await openSqliteJournal({ dir: rig.stateDir, clock: now, host: readOwnIdentity('test') });
  const close = (): Promise<void> => Promise.resolve(journal[Symbol.asyncDispose]());
  return { ...rig.engine, journal, clock: { ...rig.engine.clock, now }, [Symbol.asyncDispose]: close };
}

function playPatiently(): Play {
  return async (order) => {
    await pause(5);
    return playWell(order);
  };
}

describe('a wall clock that jumps', () => {
  it.each([
    ['ten years ahead and back at every look', (look: number) => Date.now() + (look % 2) * YEARS_10],
    ['backwards with every look', (look: number) => Date.now() - look * 3_600_000],
    ['not at all', () => 1_700_000_000_000],
  ])('CLK-1, CLK-2: %s changes neither the end, nor the order, nor any duration', async (_how, timeAt) => {
    await using rig = await openPlay(playPatiently());
    let looks = 0;
    await using engine = await withTime(rig, () => new Date(timeAt(looks++)));
    const { graph, agents } = sequenceGraph([STEP], { submit: true, limits: { retry_backoff_ms: 50 } });
    const runId = await startRigRun(engine, { graph, agents, repos: [rig.api] });
    const { events, status } = await driveRig(engine, runId);
    expect(status).toBe('done');
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(eventsOf(events, 'run_started')).toHaveLength(1);
    expect(events.at(-1)?.event.type).toBe('run_ended');
    const durations = events.flatMap(({ event }) => ('duration_ms' in event ? [event.duration_ms] : []));
    expect(durations.length).toBeGreaterThan(3);
    for (const duration of durations) {
      expect(duration).toBeGreaterThanOrEqual(0);
      expect(duration).toBeLessThan(60_000);
    }
    expect((await engine.journal.verify(runId)).ok).toBe(true);
  });

  it('CLK-1: a pause before a retry is neither skipped nor endless when the clock jumps in it', async () => {
    let jump = 0;
    await using rig = await openPlay((order) => {
      if (order.role !== 'reviewer' && order.attempt === 1) {
        jump = -YEARS_10;
        return new Failed('crashed', 'once');
      }
      return order.role === 'reviewer' ? playWell(order) : done(order);
    });
    await using engine = await withTime(rig, () => new Date(Date.now() + jump));
    const step = { ...STEP, role: 'planner' as const, output: 'notes' };
    const { graph, agents } = sequenceGraph([step], { submit: false, limits: { retry_backoff_ms: 200 } });
    const runId = await startRigRun(engine, { graph, agents, repos: [rig.api] });
    const since = performance.now();
    const { status, events } = await driveRig(engine, runId);
    expect(status).toBe('done');
    expect(performance.now() - since).toBeGreaterThanOrEqual(195);
    expect(eventsOf(events, 'wait_ended')).toHaveLength(1);
  });

  it('CLK-1: a program with time left is not ended early, and one without is, while the time of day jumps', async () => {
    await using rig = await openPlay(playWell);
    let looks = 0;
    await using engine = await withTime(rig, () => new Date(Date.now() + (looks++ % 2) * YEARS_10));
    const hangs = 'if (JSON.parse(require("fs").readFileSync(0)).attempt === 1) setInterval(() => {}, 1000);';
    const answers = ' else console.log(JSON.stringify({ status: "complete", summary: "x" }))';
    const command = [process.execPath, '-e', hangs + answers];
    const programs = createCommandDriver({ command, env: [], environment: process.env, graceMs: 100 });
    const openDriver = async () => ({
      ...programs,
      run: (...call: Parameters<typeof programs.run>) =>
        call[0].role === 'reviewer' ? rig.driver.run(...call) : programs.run(...call),
    });
    const step = { ...STEP, role: 'planner' as const, output: 'notes' };
    const { graph, agents } = sequenceGraph([step], { submit: false, limits: { idle_timeout_ms: 4_000 } });
    const runId = await startRigRun(engine, { graph, agents, repos: [rig.api] });
    const { status, events } = await driveRig({ ...engine, openDriver }, runId);
    expect(status).toBe('done');
    const [late, inTime] = eventsOf(events, 'invocation_ended');
    expect(late?.outcome).toMatchObject({ kind: 'failed', reason: 'idle_timeout' });
    expect(late?.duration_ms).toBeGreaterThanOrEqual(3_900);
    expect(inTime?.outcome.kind).toBe('submitted');
  });
});
