const assert = require('node:assert/strict');
const { createApp } = require('../src/app.js');
const { readParcel } = require('../src/parcels.js');

describe('parcels', () => {
  it('are kept', () => {
    const app = createApp();
    assert.equal(app('POST', '/parcels', { id: 'p1', grams: 500 }).status, 201);
    assert.deepEqual(app('GET', '/parcels/p1').body, { id: 'p1', grams: 500, state: 'packed' });
  });

  it('have a weight', () => {
    assert.equal(readParcel({ id: 'p1', grams: 0 }), null);
  });

  it('are no others', () => {
    assert.equal(createApp()('GET', '/parcels/p9').status, 404);
  });
});
