import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildApp } from '../src/app.ts';
import { createWallets } from '../src/wallets.ts';
import type { Answer } from '../lib/instance.ts';

const DAY = 86_400_000;

/** A deposit of n euros n days ago, for each of these. */
async function ask(days: number[], query: string, out = 0): Promise<Answer> {
  let now = 0;
  const wallets = createWallets(() => now);
  const app = buildApp(wallets);
  await app.inject('POST', '/wallets', { owner: 'Ada' });
  for (const ago of days) {
    now = (500 - ago) * DAY;
    await app.inject('POST', '/wallets/w1/deposits', { cents: ago * 100 });
  }
  now = 500 * DAY;
  const wallet = await wallets.find('w1');
  if (wallet !== null && out !== 0) await wallets.save({ ...wallet, entries: [...wallet.entries, { at: now, cents: -out, text: 'out' }] });
  return app.inject('GET', `/wallets/w1/statement${query}`);
}
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);

test('has thirty days if nothing is said', async () => {
  const { statusCode, body } = await ask([31, 30, 5], '', 150);
  assert.equal(statusCode, 200);
  assert.deepEqual([body.inEuros, body.outEuros, body.pages, body.entries.length], [35, 1.5, 1, 3]);
  assert.deepEqual(body.entries.map(({ cents }: { cents: number }) => cents), [-150, 500, 3000]);
});
test('has the days that are asked for', async () => {
  assert.equal((await ask([1, 2, 3], '?days=1')).body.inEuros, 1);
  assert.equal((await ask([1, 366, 365], '?days=365')).body.inEuros, 366);
});
test('has ten on a page', async () => {
  const { body } = await ask(range(1, 21), '?page=3');
  assert.deepEqual([body.pages, body.entries.length, body.entries[0].cents], [3, 1, 2100]);
  assert.equal((await ask(range(1, 20), '?page=2')).body.entries.length, 10);
  assert.equal((await ask(range(1, 10), '')).body.pages, 1);
});
test('is empty where nothing happened', async () => {
  assert.deepEqual((await ask([], '')).body, { inEuros: 0, outEuros: 0, pages: 1, entries: [] });
});
const refusals: [string, number, string][] = [
  ['?days=366', 400, 'too_many_days'],
  ['?days=0', 400, 'invalid_days'],
  ['?days=1.5', 400, 'invalid_days'],
  ['?days=x', 400, 'invalid_days'],
  ['?page=0', 400, 'invalid_page'],
  ['?page=2', 404, 'no_such_page'],
];
for (const [query, status, code] of refusals) {
  test(`refuses ${query}`, async () => {
    const { statusCode, body } = await ask([1], query);
    assert.deepEqual([statusCode, body.error], [status, code]);
  });
}
test('knows no other wallet', async () => {
  const { statusCode, body } = await buildApp().inject('GET', '/wallets/w9/statement');
  assert.deepEqual([statusCode, body.error], [404, 'no_such_wallet']);
});
