const assert = require('node:assert/strict');
const { test } = require('node:test');
const { createApp } = require('../src/app.js');

const ask = async (cents, body, path = '/orders/o1/discount') => {
  const app = createApp();
  await app.inject({ method: 'POST', url: '/orders', body: { lines: [{ cents, count: 3 }] } });
  const answer = await app.inject({ method: 'POST', url: path, body });
  return { app, status: answer.status, body: answer.body };
};
const cases = [
  [1000, 'ABCD', 1, 200, 2970],
  [1000, 'ABCDEFGH1234', 50, 200, 1500],
  [667, 'SUMMER', 33, 200, 1341],
  [1000, 'ABC', 10, 400, 'invalid_code'],
  [1000, 'ABCDEFGH12345', 10, 400, 'invalid_code'],
  [1000, 'abcd', 10, 400, 'invalid_code'],
  [1000, 7, 10, 400, 'invalid_code'],
  [1000, 'ABCD', 0, 400, 'percent_too_small'],
  [1000, 'ABCD', 51, 400, 'percent_too_large'],
  [1000, 'ABCD', 1.5, 400, 'invalid_percent'],
  [666, 'ABCD', 10, 422, 'too_cheap'],
];
for (const [cents, code, percent, status, expected] of cases) {
  test(`takes ${percent} % off ${cents} with ${code}`, async () => {
    const answer = await ask(cents, { code, percent });
    assert.equal(answer.status, status);
    assert.equal(status === 200 ? answer.body.totalCents : answer.body.error, expected);
  });
}

test('takes exactly 20 euros', async () => {
  const app = createApp();
  await app.inject({ method: 'POST', url: '/orders', body: { lines: [{ cents: 2000, count: 1 }] } });
  const { status, body } = await app.inject({ method: 'POST', url: '/orders/o1/discount', body: { code: 'ABCD', percent: 5 } });
  assert.deepEqual([status, body.totalCents, body.discount], [200, 1900, { code: 'ABCD', percent: 5, cents: 100 }]);
});

test('keeps it, once', async () => {
  const { app, body } = await ask(1000, { code: 'ABCD', percent: 10 });
  assert.deepEqual((await app.inject({ method: 'GET', url: '/orders/o1' })).body, body);
  const again = await app.inject({ method: 'POST', url: '/orders/o1/discount', body: { code: 'ABCD', percent: 10 } });
  assert.deepEqual([again.status, again.body.error], [409, 'already_discounted']);
});

test('knows no other order', async () => {
  const { status, body } = await ask(1000, { code: 'ABCD', percent: 10 }, '/orders/o7/discount');
  assert.deepEqual([status, body.error], [404, 'no_such_order']);
});
