import { expect, test } from 'vitest';
import { buildApp } from '../src/app.ts';

test('opens a wallet', async () => {
  const { statusCode, body } = await buildApp().inject('POST', '/wallets', { owner: 'Ada' });
  expect(statusCode).toBe(201);
  expect(body).toMatchObject({ id: 'w1', cents: 0 });
});

test('wants an owner', async () => {
  expect((await buildApp().inject('POST', '/wallets', {})).statusCode).toBe(400);
});

test('keeps what is paid in', async () => {
  const app = buildApp();
  await app.inject('POST', '/wallets', { owner: 'Ada' });
  await app.inject('POST', '/wallets/w1/deposits', { cents: 250 });
  expect((await app.inject('GET', '/wallets/w1')).body.cents).toBe(250);
});

test('knows no other wallet', async () => {
  expect((await buildApp().inject('GET', '/wallets/w9')).statusCode).toBe(404);
});
