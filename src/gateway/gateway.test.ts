import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { inSequence, type FakeAnswer } from '../testing/fake-model/fake-model.ts';
import { ask, KEY, openGatewayRig, SHAPES } from './testing/gateway-rig.ts';
import { WIRES } from './wire.ts';

const USAGE = { input: 1_000, cachedInput: 400, cacheWrites: 0, output: 200, reasoning: 50 };
const ANSWER: FakeAnswer = { kind: 'answer', text: 'a word or two about the question', usage: USAGE };
/** Dollars of USAGE: input, cached input and output at what a million of each costs. */
const COSTS = {
  anthropic_messages: (600 * 3 + 400 * 0.3 + 200 * 15) / 1e6,
  openai_chat: (600 * 1.25 + 400 * 0.125 + 200 * 10) / 1e6,
  openai_responses: (600 * 1.25 + 400 * 0.125 + 200 * 10) / 1e6,
  gemini: (600 * 1.25 + 400 * 0.125 + 200 * 10) / 1e6,
};

describe.each(WIRES)('the gateway for %s', (wire) => {
  it.each([false, true])(
    'passes an answer on byte by byte and measures it (streamed: %s)',
    async (stream) => {
      await using rig = await openGatewayRig(inSequence(ANSWER));
      await using access = rig.issue();
      const through = await (await ask(access, wire, { stream })).text();
      const { path, model, body } = SHAPES[wire];
      const straight = await fetch(`${rig.fake.url}${path(stream)}`, {
        method: 'POST',
        body: JSON.stringify({ ...(wire === 'gemini' ? {} : { model, stream }), ...body('hello') }),
      });
      // The fake numbers its answers.
      const numbered = (text: string): string => text.replaceAll(/fake([-_])1/g, 'fake$10');
      expect(numbered(await straight.text())).toBe(through);
      expect(rig.fake.calls[0]?.bytes.equals(rig.fake.calls[1]?.bytes ?? Buffer.alloc(0))).toBe(true);
      expect(access.usage()).toEqual({
        input_tokens: 1_000,
        output_tokens: 200,
        cost_usd: expect.closeTo(COSTS[wire], 6),
        cached_input_tokens: 400,
        cache_write_tokens: 0,
        reasoning_tokens: 50,
        model_calls: 1,
      });
    },
  );

  it('puts the key where the token was, and the token nowhere', async () => {
    await using rig = await openGatewayRig(inSequence(ANSWER));
    await using access = rig.issue();
    await ask(access, wire);
    const sent = rig.fake.calls[0];
    expect(Object.values(sent?.headers ?? {}).join(' ')).toContain(KEY);
    expect(JSON.stringify([sent?.headers, sent?.path, sent?.body])).not.toContain(access.token);
  });

  it('refuses a wrong token, and every token when its invocation is over', async () => {
    await using rig = await openGatewayRig(inSequence(ANSWER));
    const access = rig.issue();
    expect((await ask(access, wire, { token: 'baton-guessed' })).status).toBe(401);
    await access[Symbol.asyncDispose]();
    expect((await ask(access, wire)).status).toBe(401);
    expect(rig.fake.calls).toEqual([]);
  });

  it('says what was spent when a stream breaks off: nobody knows', async () => {
    await using rig = await openGatewayRig(inSequence({ kind: 'cut', answer: ANSWER, afterParts: 1 }));
    const access = rig.issue();
    const broken = await ask(access, wire, { stream: true });
    await expect(broken.text()).rejects.toThrow();
    await access[Symbol.asyncDispose]();
    expect(access.usage()).toMatchObject({ input_tokens: null, cost_usd: null, model_calls: 1 });
  });
});

it('says that nobody knows the cost of a model without a price, and never zero', async () => {
  await using rig = await openGatewayRig(inSequence(ANSWER));
  await using access = rig.issue();
  await ask(access, 'openai_chat', { provider: 'local', model: 'my-llama' });
  await ask(access, 'openai_chat', { model: 'gpt-of-the-future' });
  expect(access.usage()).toMatchObject({ input_tokens: 2_000, cost_usd: null, model_calls: 2 });
});

it('sums the calls of one invocation, and not those of another', async () => {
  await using rig = await openGatewayRig(inSequence(ANSWER));
  await using first = rig.issue();
  await using second = rig.issue();
  await Promise.all([ask(first, 'openai_chat'), ask(first, 'gemini'), ask(second, 'openai_chat')]);
  expect([first.usage().input_tokens, second.usage().input_tokens]).toEqual([2_000, 1_000]);
});

it('does not take a missing usage for none', async () => {
  await using rig = await openGatewayRig(inSequence({ ...ANSWER, usage: 'none' }));
  await using access = rig.issue();
  await ask(access, 'openai_chat');
  expect(access.usage()).toMatchObject({ input_tokens: null, output_tokens: null, cost_usd: null });
});

it('lets counting tokens and listing models through for nothing, and no other path at all', async () => {
  await using rig = await openGatewayRig(inSequence(ANSWER));
  await using access = rig.issue();
  const headers = { 'x-api-key': access.token };
  const base = access.baseUrl('anthropic');
  const counted = await fetch(`${base}/v1/messages/count_tokens`, { method: 'POST', headers, body: '{}' });
  expect(await counted.json()).toEqual({ input_tokens: 1 });
  expect((await fetch(`${base}/v1/models`, { headers })).status).toBe(200);
  for (const path of ['/v1/messages/batches', '/v1/files', '/v1/organizations', '/'])
    expect((await fetch(`${base}${path}`, { method: 'POST', headers, body: '{}' })).status).toBe(404);
  expect(rig.fake.strays).toEqual([]);
  expect(access.usage()).toMatchObject({ model_calls: 0, input_tokens: 0, cost_usd: 0 });
});

it('answers to the address of this machine only, also with a good token', async () => {
  await using rig = await openGatewayRig(inSequence(ANSWER));
  await using access = rig.issue();
  const url = new URL(`${access.baseUrl('anthropic')}/v1/models`);
  const status = await new Promise((resolve, reject) => {
    const headers = { host: 'evil.example', 'x-api-key': access.token };
    const sent = request(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject).end();
  });
  expect(status).toBe(421);
});

it('names the variable of a key that is missing', async () => {
  await using rig = await openGatewayRig(inSequence(ANSWER));
  await using access = rig.issue();
  const refused = await ask(access, 'anthropic_messages', { provider: 'keyless' });
  expect([refused.status, await refused.text()]).toEqual([401, expect.stringContaining('NO_SUCH_KEY')]);
  expect(access.providers.find((one) => one.name === 'keyless')?.usable).toBe(false);
  expect(() => access.baseUrl('nobody')).toThrow('There is no provider "nobody"');
});

it('does not pass on a key that a provider repeats in its refusal', async () => {
  await using rig = await openGatewayRig(({ headers }) => ({
    kind: 'error',
    status: 401,
    message: `this is no key: ${headers['authorization']}`,
  }));
  await using access = rig.issue();
  const refused = await ask(access, 'openai_chat');
  expect([refused.status, await refused.text()]).toEqual([
    401,
    expect.stringContaining('this is no key: Bearer [key]'),
  ]);
});

it('ends calls under way when the invocation is over', async () => {
  await using rig = await openGatewayRig(inSequence({ kind: 'hang' }));
  const access = rig.issue();
  const silent = ask(access, 'anthropic_messages');
  await expect.poll(() => rig.fake.calls.length, { timeout: 60_000 }).toBe(1);
  await access[Symbol.asyncDispose]();
  await expect(silent).rejects.toThrow();
});
