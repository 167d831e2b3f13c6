import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildApp } from '../src/app.ts';
import { createWallets } from '../src/wallets.ts';
import type { Answer, Instance } from '../lib/instance.ts';

async function ask(cents: number, body: Record<string, unknown>): Promise<{ app: Instance; answer: Answer }> {
  const app = buildApp(createWallets(() => 77));
  for (const owner of ['Ada', 'Bob']) await app.inject('POST', '/wallets', { owner });
  await app.inject('POST', '/wallets/w1/deposits', { cents });
  return { app, answer: await app.inject('POST', '/transfers', { from: 'w1', to: 'w2', euros: 20, ...body }) };
}
const refusals: [string, number, Record<string, unknown>, number, string][] = [
  ['from nobody', 9999, { from: 7 }, 400, 'no_wallets'],
  ['to oneself', 9999, { to: 'w1' }, 400, 'same_wallet'],
  ['of a text', 9999, { euros: '5' }, 400, 'invalid_amount'],
  ['of nothing', 9999, { euros: 0 }, 400, 'invalid_amount'],
  ['of half a euro', 9999, { euros: 1.5 }, 400, 'invalid_amount'],
  ['of too much', 99999, { euros: 501 }, 422, 'too_much'],
  ['with a number for a text', 9999, { text: 7 }, 400, 'invalid_text'],
  ['with a long text', 9999, { text: 'x'.repeat(41) }, 400, 'text_too_long'],
  ['to another wallet', 9999, { to: 'w9' }, 404, 'no_such_wallet'],
  ['from another wallet', 9999, { from: 'w9' }, 404, 'no_such_wallet'],
  ['without the fee', 2019, {}, 409, 'not_enough'],
];
for (const [name, cents, body, status, code] of refusals) {
  test(`refuses a transfer ${name}`, async () => {
    const { answer } = await ask(cents, body);
    assert.deepEqual([answer.statusCode, answer.body.error], [status, code]);
  });
}
const moves: [number, Record<string, unknown>, Record<string, number>][] = [
  [2020, {}, { cents: 2000, feeCents: 20, left: 0 }],
  [60000, { euros: 500 }, { cents: 50000, feeCents: 500, left: 9500 }],
  [200, { euros: 1, text: 'x'.repeat(40) }, { cents: 100, feeCents: 1, left: 99 }],
];
for (const [cents, body, expected] of moves) {
  test(`moves ${expected['cents']} cents`, async () => {
    const { app, answer } = await ask(cents, body);
    assert.deepEqual([answer.statusCode, answer.body], [201, expected]);
    const sender = (await app.inject('GET', '/wallets/w1')).body;
    const receiver = (await app.inject('GET', '/wallets/w2')).body;
    assert.deepEqual([sender.cents, receiver.cents], [expected['left'], expected['cents']]);
    assert.deepEqual(receiver.entries, [{ at: 77, cents: expected['cents'], text: body['text'] ?? '' }]);
    assert.equal(sender.entries.at(-1).cents, (expected['left'] ?? 0) - cents);
  });
}
