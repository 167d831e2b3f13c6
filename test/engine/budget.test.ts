/** Budgets with the real engine: what is refused, how time is cut, and what a person decides at the end. */
import { describe, expect, it } from 'vitest';
import type { Question } from '../../src/core/records.ts';
import type { Budget } from '../../src/core/budget/budget.ts';
import type { Meter } from '../../src/drivers/driver.ts';
import { drive } from '../../src/engine/drive.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { driveRig, git, sequenceGraph, startRigRun, type Rig } from '../../src/testing/rig.ts';
import { answer, configOf, eventsOf, gate, openPlay, playWell, type PlayDriver } from './plays.ts';

const STEPS = [
  { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' },
  { id: 'build/two', agent: 'second', role: 'specialist', output: 'changes' },
] as const;

const COST = { input_tokens: 60, output_tokens: 40, cost_usd: 1 };

/** The rig's engine, with its driver metering this and, if given, another clock. */
function metered(rig: Rig & { driver: PlayDriver }, meters: Meter[], over: Partial<Engine> = {}): Engine {
  const openDriver = async () => ({
    ...rig.driver,
    meters,
    run: async (...call: Parameters<PlayDriver['run']>) => ({
      ...(await rig.driver.run(...call)),
      usage: COST,
    }),
  });
  return { ...rig.engine, openDriver, ...over };
}

function started(engine: Engine, api: string, budget: Budget, config = configOf([])): Promise<string> {
  const { graph, agents } = sequenceGraph([...STEPS], { submit: false });
  return startRigRun(engine, { graph: { ...graph, budget }, agents, repos: [api], config });
}

describe('a budget of a run', () => {
  it('DOS-2: of tokens or money is refused where the driver cannot measure them, before anything starts', async () => {
    await using rig = await openPlay(playWell);
    const blind = { code: 'E_UNMETERED' };
    await expect(started(rig.engine, rig.api, { tokens: 10 })).rejects.toMatchObject(blind);
    await expect(started(metered(rig, ['tokens']), rig.api, { cost_usd: 1 })).rejects.toMatchObject({
      ...blind,
      message: expect.stringContaining('a budget of money') as string,
    });
    expect(await rig.engine.journal.listRuns({ limit: 5, prefix: '' })).toEqual([]);
    await expect(started(rig.engine, rig.api, { time_ms: 60_000 })).resolves.toBeTypeOf('string');
  });

  it('R90: ends in a question; raised it goes on, and a person who cleans up leaves no work behind', async () => {
    await using rig = await openPlay(playWell);
    const engine = metered(rig, ['tokens', 'cost_usd']);
    const runId = await started(engine, rig.api, { tokens: 240, reserve_tokens: 100 });
    const first = await driveRig(engine, runId);
    expect([first.status, first.reason]).toEqual(['waiting_human', 'budget']);
    expect(eventsOf(first.events, 'invocation_started')).toHaveLength(1);
    expect(first.questions.map((question) => question.id)).toEqual(['budget/tokens/1']);
    await answer(engine, runId, 'budget/tokens/1', 'raise');
    const second = await driveRig(engine, runId);
    expect(eventsOf(second.events, 'invocation_started')).toHaveLength(2);
    await answer(engine, runId, second.questions[0]?.id ?? '', 'clean_up');
    const last = await driveRig(engine, runId);
    expect(last.status).toBe('cancelled');
    expect(eventsOf(last.events, 'clean_up_ended')).toHaveLength(1);
    expect(git(rig.api, 'branch', '--list', 'baton/*')).toBe('');
  });

  it('DOS-2: of time cuts the time limit of agents and of gates, their own included', async () => {
    await using rig = await openPlay(playWell);
    const slow = gate(['sh', '-c', 'exec sleep 300'], { timeoutMs: 240_000 });
    const runId = await started(rig.engine, rig.api, { time_ms: 10_000 }, configOf([slow]));
    const { reason, events } = await driveRig(rig.engine, runId);
    expect(rig.driver.orders[0]?.totalTimeoutMs).toBeLessThanOrEqual(10_000);
    const [gates] = eventsOf(events, 'gates_ended');
    expect(gates?.duration_ms).toBeGreaterThan(1_000);
    expect(gates?.duration_ms).toBeLessThan(60_000);
    expect(reason).toBe('budget');
  });
});

describe('a question while others work', () => {
  it('R93: is shown again after the set time, by the clock of the engine', async () => {
    const clock = new ManualClock();
    const reminded = Promise.withResolvers<Question>();
    await using rig = await openPlay(async (order) => {
      if (order.agent === 'writer')
        return { status: 'blocked', blocked_reason: 'security_concern', summary: 'a key lies open' };
      if (order.role !== 'reviewer') await reminded.promise;
      return playWell(order);
    });
    const engine: Engine = { ...rig.engine, clock };
    const thinkers = STEPS.map((step) => ({ ...step, role: 'planner' as const, output: 'notes' }));
    const { graph, agents } = sequenceGraph(thinkers, { submit: false });
    const apart = graph.steps.map((step) => ({ ...step, needs: [] }));
    const runId = await startRigRun(engine, { graph: { ...graph, steps: apart }, agents, repos: [rig.api] });
    const events = (news: { event: { type: string } }[]): void => {
      if (news.some(({ event }) => event.type === 'question_asked'))
        setImmediate(() => void clock.pass(10 * 60_000));
    };
    const listener = { events, note: () => {}, remind: reminded.resolve };
    const { signal } = new AbortController();
    const { status } = await drive(engine, runId, { takeOver: false, signal, listener });
    expect(status).toBe('waiting_human');
    expect(await reminded.promise).toMatchObject({ kind: 'blocked', step: 'build/one' });
  });
});
