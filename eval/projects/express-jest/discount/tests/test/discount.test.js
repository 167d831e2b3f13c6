const { createApp } = require('../src/app.js');
const { discountOf, readDiscount } = require('../src/discount.js');

const SPRING = { code: 'SPRING26', percent: 10 };

async function discounted(cents, body = SPRING) {
  const app = createApp();
  await app.inject({ method: 'POST', url: '/orders', body: { lines: [{ cents, count: 1 }] } });
  return { app, answer: await app.inject({ method: 'POST', url: '/orders/o1/discount', body }) };
}

test('rounds down to a cent', () => {
  expect(discountOf(2999, 10)).toBe(299);
  expect(discountOf(2999, 50)).toBe(1499);
});

test('refuses percentages out of range', () => {
  expect(() => readDiscount({ ...SPRING, percent: 0 })).toThrow('percent_too_small');
  expect(() => readDiscount({ ...SPRING, percent: 51 })).toThrow('percent_too_large');
});

test('reduces an order and keeps that', async () => {
  const { app, answer } = await discounted(4000);
  expect(answer.status).toBe(200);
  expect(answer.body.totalCents).toBe(3600);
  expect((await app.inject({ method: 'GET', url: '/orders/o1' })).body).toEqual(answer.body);
});

test('refuses codes that are none', async () => {
  expect((await discounted(4000, { ...SPRING, code: 'no' })).answer.status).toBe(400);
});

test('works once per order', async () => {
  const { app } = await discounted(4000);
  const again = await app.inject({ method: 'POST', url: '/orders/o1/discount', body: SPRING });
  expect(again.status).toBe(409);
});

test('wants an order of 20 euros', async () => {
  expect((await discounted(1999)).answer.status).toBe(422);
});
