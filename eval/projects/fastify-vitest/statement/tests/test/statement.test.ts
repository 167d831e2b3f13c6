import { expect, test } from 'vitest';
import { createInstance, type Answer } from '../lib/instance.ts';
import { statementRoutes } from '../src/plugins/statements.ts';
import { readDays, statementOf } from '../src/statement.ts';
import { createWallets, type Entry } from '../src/wallets.ts';

const DAY = 86_400_000;
const entry = (daysAgo: number, cents: number): Entry => ({ at: (400 - daysAgo) * DAY, cents, text: `${daysAgo}` });
const NOW = 400 * DAY;

async function ask(path: string, entries: Entry[]): Promise<Answer> {
  const app = createInstance();
  const wallets = createWallets(() => NOW);
  statementRoutes(app, wallets);
  const wallet = await wallets.add('Ada');
  await wallets.save({ ...wallet, entries });
  return app.inject('GET', path);
}

test('lists the newest first', () => {
  const { entries } = statementOf([entry(3, 1), entry(1, 2), entry(2, 3)], NOW, 30, 1);
  expect(entries.map(({ text }) => text)).toEqual(['1', '2', '3']);
});

test('leaves out what is older', () => {
  expect(statementOf([entry(31, 1), entry(30, 2)], NOW, 30, 1).entries).toHaveLength(1);
});

test('adds up in euros', () => {
  const { inEuros, outEuros } = statementOf([entry(1, 250), entry(2, -100), entry(3, 50)], NOW, 30, 1);
  expect([inEuros, outEuros]).toEqual([3, 1]);
});

test('has pages of ten', async () => {
  const { statusCode, body } = await ask('/wallets/w1/statement?page=2', Array.from({ length: 12 }, (_, n) => entry(n, 1)));
  expect(statusCode).toBe(200);
  expect(body.pages).toBe(2);
  expect(body.entries).toHaveLength(2);
});

test('refuses more than a year', () => {
  expect(() => readDays('366')).toThrow('too_many_days');
});

test('knows no other page', async () => {
  expect((await ask('/wallets/w1/statement?page=2', [])).statusCode).toBe(404);
});
