import { expect, test } from 'vitest';
import type { Answer, Instance } from '../lib/instance.ts';
import { buildApp } from '../src/app.ts';
import { feeOf, readTransfer } from '../src/plugins/transfers.ts';

async function opened(cents: number): Promise<Instance> {
  const app = buildApp();
  await app.inject('POST', '/wallets', { owner: 'Ada' });
  await app.inject('POST', '/wallets', { owner: 'Bob' });
  await app.inject('POST', '/wallets/w1/deposits', { cents });
  return app;
}
const send = (app: Instance, more: Record<string, unknown> = {}): Promise<Answer> =>
  app.inject('POST', '/transfers', { from: 'w1', to: 'w2', euros: 10, ...more });

test('takes one percent', () => {
  expect(feeOf(1050)).toBe(11);
});

test('moves money', async () => {
  const app = await opened(5000);
  const { statusCode, body } = await send(app, { text: 'lunch' });
  expect(statusCode).toBe(201);
  expect(body).toEqual({ cents: 1000, feeCents: 10, left: 3990 });
  expect((await app.inject('GET', '/wallets/w2')).body.cents).toBe(1000);
});

test('takes it from the sender', async () => {
  const app = await opened(5000);
  await send(app);
  expect((await app.inject('GET', '/wallets/w1')).body.cents).toBe(3990);
});

test('refuses amounts out of range', () => {
  expect(() => readTransfer({ from: 'w1', to: 'w2', euros: 501 })).toThrow('too_much');
  expect(() => readTransfer({ from: 'w1', to: 'w2', euros: 0 })).toThrow('invalid_amount');
});

test('refuses a transfer to oneself', async () => {
  expect((await send(await opened(5000), { to: 'w1' })).statusCode).toBe(400);
});

test('wants enough money', async () => {
  expect((await send(await opened(1000))).statusCode).toBe(409);
});
