import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startService } from './support/service.js';

const ORDER = { number: 'O-1', customer: 'C-1', total_cents: 1250, status: 'open', placed_on: '2026-03-01' };

describe('orders', () => {
  let service;
  before(async () => {
    service = await startService();
  });
  after(() => service.close());

  it('creates an order', async () => {
    assert.deepEqual(await service.post('/orders', ORDER), { status: 201, body: ORDER });
  });

  it('refuses a second order with the same number', async () => {
    const { status, body } = await service.post('/orders', ORDER);
    assert.equal(status, 409);
    assert.equal(body.error.code, 'order_exists');
  });

  it('lists orders by number', async () => {
    await service.post('/orders', { ...ORDER, number: 'O-0' });
    const { status, body } = await service.get('/orders');
    assert.equal(status, 200);
    assert.deepEqual(body.orders.map((order) => order.number), ['O-0', 'O-1']);
  });

  it('gets one order by its number', async () => {
    assert.deepEqual(await service.get('/orders/O-1'), { status: 200, body: ORDER });
  });

  it('says which order there is not', async () => {
    const { status, body } = await service.get('/orders/O-404');
    assert.equal(status, 404);
    assert.equal(body.error.code, 'order_not_found');
  });

  for (const [field, value] of [
    ['number', 7],
    ['customer', ''],
    ['total_cents', 0],
    ['total_cents', 12.5],
    ['status', 'lost'],
    ['placed_on', 'yesterday'],
  ]) {
    it(`refuses an order whose ${field} is ${JSON.stringify(value)}`, async () => {
      const { status, body } = await service.post('/orders', { ...ORDER, number: 'O-2', [field]: value });
      assert.equal(status, 422);
      assert.equal(body.error.field, field);
    });
  }
});
