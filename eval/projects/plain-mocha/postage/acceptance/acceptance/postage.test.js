const assert = require('node:assert/strict');
const { test } = require('node:test');
const { createApp } = require('../src/app.js');

const ask = (grams, body, id = 'p1') => {
  const app = createApp();
  app('POST', '/parcels', { id: 'p1', grams });
  return { app, answer: app('POST', `/parcels/${id}/postage`, body) };
};
const cases = [
  [1, { zone: 1 }, 200, 390],
  [1000, { zone: 4, insured: 500 }, 200, 1240],
  [1001, { zone: 2, insured: 3 }, 200, 891],
  [5000, { zone: 1 }, 200, 690],
  [5001, { zone: 1 }, 422, 'too_heavy'],
  [100, { zone: 0 }, 400, 'zone_too_small'],
  [100, { zone: 5 }, 400, 'zone_too_large'],
  [100, { zone: 1.5 }, 400, 'invalid_zone'],
  [100, {}, 400, 'invalid_zone'],
  [100, { zone: 1, insured: -1 }, 400, 'invalid_sum'],
  [100, { zone: 1, insured: 'all' }, 400, 'invalid_sum'],
  [100, { zone: 1, insured: 501 }, 422, 'sum_too_large'],
];
for (const [grams, body, status, expected] of cases) {
  test(`${grams} grams with ${JSON.stringify(body)}`, () => {
    const { answer } = ask(grams, body);
    assert.equal(answer.status, status);
    assert.equal(status === 200 ? answer.body.cents : answer.body.error, expected);
  });
}

test('keeps it, once', () => {
  const { app, answer } = ask(100, { zone: 1 });
  assert.deepEqual(app('GET', '/parcels/p1').body, answer.body);
  const again = app('POST', '/parcels/p1/postage', { zone: 1 });
  assert.deepEqual([again.status, again.body.error], [409, 'already_paid']);
});

test('knows no other parcel', () => {
  const { answer } = ask(100, { zone: 1 }, 'p7');
  assert.deepEqual([answer.status, answer.body.error], [404, 'no_such_parcel']);
});
