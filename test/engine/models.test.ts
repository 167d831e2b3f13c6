/** Agents that call models: through the gateway, measured by it and held to the run's budget, with no word of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Budget } from '../../src/core/budget/budget.ts';
import type { Config } from '../../src/definitions/config.ts';
import { UNKNOWN_USAGE, type Driver, type WorkOrder } from '../../src/drivers/driver.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import { readProviders } from '../../src/gateway/provider.ts';
import type { RecordingOptions } from '../../src/gateway/recordings.ts';
import {
  inSequence,
  openFakeModel,
  type FakeAnswer,
  type FakeModel,
  type FakeScript,
} from '../../src/testing/fake-model/fake-model.ts';
import { driveRig, openRig, sequenceGraph, startRigRun, type Rig } from '../../src/testing/rig.ts';
import { eventsOf, playWell } from './plays.ts';

const ANSWER: FakeAnswer = { kind: 'answer', text: 'go on', usage: { input: 600, output: 100 } };
const STEP = { id: 'plan/one', agent: 'planner', role: 'planner', output: 'notes' } as const;

/** Asks its model as often as that says "go on", up to `calls` times, then hands in what agents hand in. */
function talkingDriver(calls: number): Driver & { orders: WorkOrder[] } {
  const orders: WorkOrder[] = [];
  return {
    orders,
    name: 'talking',
    meters: ['tokens', 'cost_usd'],
    callsModels: true,
    labelFor: () => 'model',
    preflight: async () => [],
    run: async (order, _note, signal) => {
      orders.push(order);
      const raw = new Uint8Array();
      for (let call = 0; call < (order.role === 'reviewer' ? 1 : calls); call += 1) {
        if (!(await ask(order, signal)))
          return { kind: 'failed', reason: 'crashed', detail: 'no answer', raw, usage: UNKNOWN_USAGE };
      }
      // What it says of its own cost counts for nothing.
      const usage = { input_tokens: 1, output_tokens: 1, cost_usd: 0 };
      return { kind: 'submitted', result: playWell(order), raw, usage };
    },
  };
}

async function ask({ modelAccess, prompt }: WorkOrder, signal: AbortSignal): Promise<boolean> {
  if (modelAccess === null) return false;
  try {
    const response = await fetch(`${modelAccess.baseUrl('local')}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${modelAccess.token}` },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: prompt }] }),
      signal,
    });
    await response.text();
    return response.ok;
  } catch {
    return false;
  }
}

interface World extends AsyncDisposable {
  rig: Rig;
  engine: Engine;
  fake: FakeModel;
  driver: ReturnType<typeof talkingDriver>;
  slept: number[];
  start(budget?: Budget): Promise<string>;
}

/** Waits take no time here: the clock is put forward instead. */
async function openWorld(
  script: FakeScript,
  { calls = 1, recordings = null }: { calls?: number; recordings?: RecordingOptions | null } = {},
): Promise<World> {
  const driver = talkingDriver(calls);
  const rig = await openRig(driver);
  const fake = await openFakeModel({ script });
  const api = rig.repository('api', { 'README.md': '# api\n' });
  const slept: number[] = [];
  const now = (): Date => new Date(Date.now() + slept.reduce((sum, ms) => sum + ms, 0));
  const price = { input: 1, output: 2 };
  const config: Config = {
    repos: {},
    limits: {},
    agentEnv: [],
    providers: { local: { kind: 'openai_compatible', baseUrl: fake.url, keyEnv: null, price } },
  };
  const engine: Engine = {
    ...rig.engine,
    recordings,
    openGateway: ({ providers = {} }) =>
      openGateway({
        providers: readProviders(providers, {}),
        recordings,
        environment: {},
        now,
        retryDelaysMs: [1],
      }),
    clock: { ...rig.engine.clock, now, sleep: async (ms) => void slept.push(ms) },
  };
  return {
    rig,
    engine,
    fake,
    driver,
    slept,
    start: (budget) => {
      const { graph, agents } = sequenceGraph([STEP], { submit: false, limits: { max_retries: 1 } });
      const bounded = budget === undefined ? graph : { ...graph, budget };
      return startRigRun(engine, { graph: bounded, agents, repos: [api], config });
    },
    [Symbol.asyncDispose]: async () => {
      await rig[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

describe('agents that call models', () => {
  it('books what went through the gateway, and not what the agent says', async () => {
    await using world = await openWorld(inSequence(ANSWER), { calls: 3 });
    const runId = await world.start();
    const { status, events } = await driveRig(world.engine, runId);
    expect(status).toBe('done');
    expect(eventsOf(events, 'invocation_ended')[0]?.usage).toMatchObject({
      input_tokens: 1_800,
      output_tokens: 300,
      cost_usd: 0.0024,
      model_calls: 3,
    });
    expect(eventsOf(events, 'review_ended')[0]?.usage).toMatchObject({ model_calls: 1 });
  });

  it('gives every invocation a token of its own, which ends with it and stands nowhere in the store', async () => {
    await using world = await openWorld(inSequence(ANSWER));
    const runId = await world.start();
    const { events } = await driveRig(world.engine, runId);
    const tokens = world.driver.orders.map((order) => order.modelAccess?.token ?? '');
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) expect(JSON.stringify(events)).not.toContain(token);
    const [order] = world.driver.orders;
    expect(order && (await ask(order, new AbortController().signal))).toBe(false);
  });

  it('DOS-2: ends an invocation in the middle that spends what the run has, and asks', async () => {
    await using world = await openWorld(inSequence(ANSWER), { calls: 1_000 });
    const runId = await world.start({ tokens: 2_000 });
    const { status, events } = await driveRig(world.engine, runId);
    expect(status).toBe('waiting_human');
    expect(world.fake.calls).toHaveLength(3);
    expect(eventsOf(events, 'invocation_ended')[0]).toMatchObject({
      outcome: { kind: 'failed', reason: 'budget_exceeded' },
      usage: { input_tokens: 1_800, output_tokens: 300 },
    });
    expect(eventsOf(events, 'question_asked').at(-1)?.question.kind).toBe('budget');
  });

  it('DOS-8: waits until the quota of a provider starts anew, and spends no retry on it', async () => {
    const used: { kind: 'error'; status: number; headers: Record<string, string> } = {
      kind: 'error',
      status: 429,
      headers: { 'retry-after': '7200' },
    };
    await using world = await openWorld(inSequence(used, ANSWER, used, used, ANSWER));
    const runId = await world.start();
    const { status, events } = await driveRig(world.engine, runId);
    expect(status).toBe('done');
    expect(eventsOf(events, 'invocation_ended')[0]?.outcome).toMatchObject({
      kind: 'failed',
      reason: 'quota_exceeded',
    });
    const waits = eventsOf(events, 'wait_started').map((event) => event.wait_ms);
    expect(waits).toHaveLength(3);
    for (const wait of waits) {
      expect(wait).toBeGreaterThan(7_100_000);
      expect(wait).toBeLessThanOrEqual(7_200_000);
    }
    expect(eventsOf(events, 'question_asked')).toEqual([]);
  });

  it('replays a run without its provider, and ends where something was not recorded', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'baton-recordings-'));
    try {
      {
        await using world = await openWorld(inSequence(ANSWER), { recordings: { mode: 'record', dir } });
        expect((await driveRig(world.engine, await world.start())).status).toBe('done');
        expect(world.fake.calls).toHaveLength(2);
      }
      await using world = await openWorld(inSequence(ANSWER), { recordings: { mode: 'replay', dir } });
      expect((await driveRig(world.engine, await world.start())).status).toBe('done');
      expect(world.fake.calls).toEqual([]);
      await using other = await openWorld(inSequence(ANSWER), {
        calls: 2,
        recordings: { mode: 'replay', dir },
      });
      const { events } = await driveRig(other.engine, await other.start());
      expect(eventsOf(events, 'invocation_ended')[0]?.outcome).toMatchObject({
        kind: 'failed',
        detail: expect.stringContaining('E_NOT_RECORDED'),
      });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('refuses to record for a driver that calls no models', async () => {
    await using world = await openWorld(inSequence(ANSWER), { recordings: { mode: 'replay', dir: '/none' } });
    const silent = { ...world.driver, callsModels: false };
    const engine = { ...world.engine, openDriver: async () => silent };
    const { graph, agents } = sequenceGraph([STEP], { submit: false });
    const repos = [world.rig.repository('web', { 'a.txt': 'a\n' })];
    await expect(startRigRun(engine, { graph, agents, repos })).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});
