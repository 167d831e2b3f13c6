import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startService } from './support/service.js';

const ADA = { number: 'C-1', name: 'Ada Lovelace', since: '2024-02-29' };

describe('customers', () => {
  let service;
  before(async () => {
    service = await startService();
  });
  after(() => service.close());

  it('creates a customer', async () => {
    assert.deepEqual(await service.post('/customers', ADA), { status: 201, body: ADA });
  });

  it('refuses a second customer with the same number', async () => {
    const { status, body } = await service.post('/customers', ADA);
    assert.equal(status, 409);
    assert.equal(body.error.code, 'customer_exists');
  });

  it('lists customers by number', async () => {
    await service.post('/customers', { ...ADA, number: 'C-0' });
    const { status, body } = await service.get('/customers');
    assert.equal(status, 200);
    assert.deepEqual(body.customers.map((customer) => customer.number), ['C-0', 'C-1']);
  });

  it('gets one customer by its number', async () => {
    assert.deepEqual(await service.get('/customers/C-1'), { status: 200, body: ADA });
  });

  it('says which customer there is not', async () => {
    const { status, body } = await service.get('/customers/C-404');
    assert.equal(status, 404);
    assert.equal(body.error.code, 'customer_not_found');
  });

  for (const [field, value] of [['number', ''], ['name', 7], ['since', '2023-02-29']]) {
    it(`refuses a customer with a wrong ${field}`, async () => {
      const { status, body } = await service.post('/customers', { ...ADA, number: 'C-2', [field]: value });
      assert.equal(status, 422);
      assert.equal(body.error.field, field);
    });
  }
});
