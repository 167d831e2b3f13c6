const assert = require('node:assert/strict');
const { createApp } = require('../src/app.js');
const { insuranceOf, priceOf, readPostage } = require('../src/postage.js');

function paid(grams, body) {
  const app = createApp();
  app('POST', '/parcels', { id: 'p1', grams });
  return { app, answer: app('POST', '/parcels/p1/postage', body) };
}

describe('postage', () => {
  it('costs more for heavier parcels', () => {
    assert.equal(priceOf(1000, 1), 390);
    assert.equal(priceOf(1001, 1), 690);
  });

  it('refuses zones that there are not', () => {
    assert.throws(() => readPostage({ zone: 0 }), /zone_too_small/);
    assert.throws(() => readPostage({ zone: 5 }), /zone_too_large/);
  });

  it('is kept with the parcel', () => {
    const { app, answer } = paid(500, { zone: 3, insured: 101 });
    assert.deepEqual([answer.status, answer.body.cents], [200, 840]);
    assert.deepEqual(app('GET', '/parcels/p1').body, answer.body);
  });

  it('rounds insurance down', () => {
    assert.equal(insuranceOf(101), 50);
  });

  it('is paid once', () => {
    const { app } = paid(500, { zone: 3 });
    assert.equal(app('POST', '/parcels/p1/postage', { zone: 3 }).status, 409);
  });

  it('is not for heavy parcels', () => {
    assert.equal(paid(5001, { zone: 1 }).answer.status, 422);
  });
});
