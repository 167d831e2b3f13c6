const assert = require('node:assert/strict');
const { test } = require('node:test');
const { createApp } = require('../src/app.js');

const ask = async (cents, body, path = '/orders/o1/shipment') => {
  const app = createApp();
  await app.inject({ method: 'POST', url: '/orders', body: { lines: [{ cents, count: 1 }] } });
  const { status, body: answer } = await app.inject({ method: 'POST', url: path, body });
  return { app, status, answer };
};
const cases = [
  [3000, { grams: 1 }, 201, 500],
  [3000, { grams: 2000 }, 201, 500],
  [3000, { grams: 2001 }, 201, 900],
  [3000, { grams: 20000 }, 201, 900],
  [3000, { grams: 20001 }, 422, 'too_heavy'],
  [3000, { grams: 2000, express: true }, 201, 1000],
  [9999, { grams: 2000 }, 201, 500],
  [10000, { grams: 2000 }, 201, 0],
  [10000, { grams: 2000, express: true }, 201, 1000],
  [3000, { grams: 0 }, 400, 'invalid_grams'],
  [3000, { grams: 1.5 }, 400, 'invalid_grams'],
  [3000, { grams: 5, express: 'yes' }, 400, 'invalid_express'],
];
for (const [cents, body, status, expected] of cases) {
  test(`ships ${JSON.stringify(body)} of ${cents}`, async () => {
    const found = await ask(cents, body);
    assert.equal(found.status, status);
    assert.equal(status === 201 ? found.answer.shippingCents : found.answer.error, expected);
  });
}

test('is kept, and happens once', async () => {
  const { app } = await ask(3000, { grams: 100 });
  const { body } = await app.inject({ method: 'GET', url: '/orders/o1' });
  assert.deepEqual([body.state, body.totalCents], ['shipped', 3500]);
  const again = await app.inject({ method: 'POST', url: '/orders/o1/shipment', body: { grams: 100 } });
  assert.deepEqual([again.status, again.body.error], [409, 'already_shipped']);
});

test('knows no other order', async () => {
  const { status, answer } = await ask(3000, { grams: 100 }, '/orders/o7/shipment');
  assert.deepEqual([status, answer.error], [404, 'no_such_order']);
});
