import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../src/http.ts';
import { priceOf, quote } from '../src/quote.ts';
import { createStore } from '../src/store.ts';

const ask = (query: Record<string, string>): Promise<{ status: number; body: unknown }> => {
  const call: Call = { params: [], query: new URLSearchParams(query), body: {}, store: createStore(), now: () => 0 };
  return quote(call);
};
const WEEK = { room: 'sea', from: '2026-06-01', to: '2026-06-08' };

test('takes a tenth off for a week', () => {
  assert.deepEqual(priceOf(7, 9000), { nights: 7, discountCents: 6300, totalCents: 59200 });
});

test('takes nothing off for less', () => {
  assert.equal(priceOf(6, 9000).discountCents, 0);
});

test('answers a quote', async () => {
  const { status, body } = await ask({ ...WEEK, guests: '2' });
  assert.equal(status, 200);
  assert.deepEqual(body, { room: 'sea', nights: 7, discountCents: 6300, totalCents: 59200 });
});

test('refuses dates that are none', async () => {
  await assert.rejects(ask({ ...WEEK, to: 'soon' }), { status: 400 });
});

test('refuses more guests than fit', async () => {
  await assert.rejects(ask({ ...WEEK, guests: '3' }), { status: 422 });
});

test('knows no other room', async () => {
  await assert.rejects(ask({ ...WEEK, room: 'attic' }), { status: 404 });
});
