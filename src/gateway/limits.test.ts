import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { inSequence, type FakeAnswer, type FakeReply } from '../testing/fake-model/fake-model.ts';
import { ask, openGatewayRig } from './testing/gateway-rig.ts';
import { readProviders } from './provider.ts';
import { WIRES } from './wire.ts';

const ANSWER: FakeAnswer = { kind: 'answer', text: 'yes', usage: { input: 600, output: 100 } };

function refusal(status: number, more: Partial<Extract<FakeReply, { kind: 'error' }>> = {}): FakeReply {
  return { kind: 'error', status, ...more };
}

describe.each(WIRES)('a budget and %s', (wire) => {
  it('DOS-2, R90: lets calls through until nothing is left, then refuses in words of the format and says why', async () => {
    await using rig = await openGatewayRig(inSequence(ANSWER));
    await using access = rig.issue({ tokens: 1_000 });
    expect((await ask(access, wire)).status).toBe(200);
    expect((await ask(access, wire)).status).toBe(200);
    const refused = await ask(access, wire);
    expect(refused.status).toBe(429);
    expect(JSON.parse(await refused.text())).toMatchObject({
      error: { message: expect.stringContaining('budget of tokens') },
    });
    expect(access.stopped.aborted).toBe(true);
    expect(access.stop()).toMatchObject({ kind: 'budget' });
    expect(rig.fake.calls).toHaveLength(2);
  });
});

it('DOS-2: a second call waits for the first where that may take all that is left', async () => {
  const order: string[] = [];
  await using rig = await openGatewayRig(({ index }) => {
    order.push(`asked ${index}`);
    return { ...ANSWER, usage: { input: 5_000, output: 5_000 } };
  });
  await using access = rig.issue({ tokens: 1_000 });
  const body = { max_tokens: 5_000 };
  const both = await Promise.all([
    ask(access, 'anthropic_messages', { body }),
    ask(access, 'anthropic_messages', { body }),
  ]);
  expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 429]);
  expect(order).toEqual(['asked 0']);
});

it('holds calls to money, and refuses a model whose price nobody knows before it is asked', async () => {
  await using rig = await openGatewayRig(inSequence(ANSWER));
  await using access = rig.issue({ costUsd: 0.001 });
  expect((await ask(access, 'anthropic_messages')).status).toBe(200);
  expect((await ask(access, 'anthropic_messages')).status).toBe(429);
  await using other = rig.issue({ costUsd: 5 });
  expect((await ask(other, 'openai_chat', { provider: 'local', model: 'llama' })).status).toBe(429);
  expect(other.stop()).toMatchObject({ kind: 'budget', detail: expect.stringContaining('price') });
  expect(rig.fake.calls).toHaveLength(1);
});

it('holds what says nothing of its usage against the budget all the same', async () => {
  await using rig = await openGatewayRig(inSequence({ ...ANSWER, usage: 'none' }));
  await using access = rig.issue({ tokens: 300 });
  const body = { max_completion_tokens: 500 };
  expect((await ask(access, 'openai_chat', { body })).status).toBe(200);
  expect((await ask(access, 'openai_chat', { body })).status).toBe(429);
});

it('tries again for a moment where the provider is too busy, and the caller sees none of it', async () => {
  await using rig = await openGatewayRig(inSequence(refusal(529), refusal(503), ANSWER));
  await using access = rig.issue();
  expect((await ask(access, 'anthropic_messages')).status).toBe(200);
  expect(rig.fake.calls).toHaveLength(3);
  expect(access.usage()).toMatchObject({ model_calls: 1, input_tokens: 600 });
});

it('passes on that the provider is too busy when that goes on, and ends nothing', async () => {
  await using rig = await openGatewayRig(inSequence(refusal(529, { message: 'Overloaded' })));
  await using access = rig.issue();
  const refused = await ask(access, 'anthropic_messages');
  expect([refused.status, await refused.text()]).toEqual([529, expect.stringContaining('overloaded_error')]);
  expect([rig.fake.calls.length, access.stop()]).toEqual([3, null]);
  expect(access.usage()).toMatchObject({ cost_usd: 0 });
});

it('waits inside of a call where the provider wants a moment', async () => {
  await using rig = await openGatewayRig(
    inSequence(refusal(429, { headers: { 'retry-after-ms': '20' } }), ANSWER),
  );
  await using access = rig.issue();
  expect((await ask(access, 'openai_chat')).status).toBe(200);
  expect(access.stop()).toBeNull();
});

it('ends the invocation until a quota starts anew, and those of others without asking again', async () => {
  await using rig = await openGatewayRig(
    inSequence(refusal(429, { message: 'tokens per day', headers: { 'retry-after': '3600' } })),
  );
  await using access = rig.issue();
  await using other = rig.issue();
  const before = Date.now();
  const refused = await ask(access, 'anthropic_messages');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3600']);
  const stop = access.stop();
  expect(stop).toMatchObject({ kind: 'quota', detail: expect.stringContaining('tokens per day') });
  const until = stop?.kind === 'quota' ? (stop.until?.getTime() ?? 0) : 0;
  expect(until - before).toBeGreaterThanOrEqual(3_600_000);
  expect(until - before).toBeLessThan(3_660_000);
  await ask(other, 'anthropic_messages');
  expect(other.stop()).toMatchObject({ kind: 'quota', until: new Date(until) });
  expect(rig.fake.calls).toHaveLength(1);
});

it('does not try again where what was paid for is used up', async () => {
  await using rig = await openGatewayRig(inSequence(refusal(429, { type: 'insufficient_quota' })));
  await using access = rig.issue();
  await ask(access, 'openai_chat');
  expect(rig.fake.calls).toHaveLength(1);
  expect(access.stop()).toMatchObject({ kind: 'quota', until: null });
});

it('OUT-5: breaks off a stream whose event never ends', async () => {
  const piece = Buffer.alloc(1024 * 1024, 'z');
  let sent = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (): void => {
      if (response.destroyed || sent === 64) return void response.end();
      sent += 1;
      response.write(piece, send);
    };
    send();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  const providers = readProviders({ local: { kind: 'openai_compatible', baseUrl, keyEnv: null } }, {});
  try {
    await using rig = await openGatewayRig(inSequence(ANSWER), { providers });
    await using access = rig.issue();
    const answer = await ask(access, 'openai_chat', { provider: 'local', stream: true });
    await expect(answer.text()).rejects.toThrow();
    expect(sent).toBeLessThan(40);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it('says that a provider cannot be reached, after trying again', async () => {
  await using rig = await openGatewayRig(inSequence(ANSWER));
  await using access = rig.issue();
  await rig.fake[Symbol.asyncDispose]();
  const refused = await ask(access, 'gemini');
  expect([refused.status, await refused.text()]).toEqual([502, expect.stringContaining('ECONNREFUSED')]);
});

describe('a provider that does not answer', () => {
  it('is tried again, and whoever waits hears why, how often and for how long', async () => {
    const replies: FakeReply[] = [refusal(503), refusal(503)];
    await using rig = await openGatewayRig(({ index }) => replies[index] ?? ANSWER);
    const told: string[] = [];
    await using access = rig.gateway.issue({
      invocationId: 'run/step/r1/work/a1',
      allowance: () => ({ tokens: null, costUsd: null }),
      volatile: {},
      tell: (text) => told.push(text),
    });
    expect((await ask(access, 'openai_chat', { provider: 'local' })).status).toBe(200);
    expect(told).toEqual([
      'local is too busy: try 1 of 3, next in 1 s',
      'local is too busy: try 2 of 3, next in 1 s',
    ]);
  });

  it('is named before anything is asked of it, where it would be on this machine and nobody listens', async () => {
    await using rig = await openGatewayRig(inSequence(ANSWER));
    expect((await rig.gateway.lookAround()).filter(({ refusedAt }) => refusedAt !== undefined)).toEqual([]);
    await rig.fake[Symbol.asyncDispose]();
    const refused = (await rig.gateway.lookAround()).filter(({ refusedAt }) => refusedAt !== undefined);
    expect(refused.map(({ name, refusedAt }) => [name, refusedAt])).toContainEqual([
      'local',
      new URL(rig.fake.url).host,
    ]);
  });
});
