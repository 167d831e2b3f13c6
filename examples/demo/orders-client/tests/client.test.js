import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ServiceError } from '../src/client.js';
import { createStubbedClient } from './support/stub.js';

const ADA = { number: 'C-1', name: 'Ada Lovelace', since: '2024-02-29' };
const ORDER = { number: 'O-1', customer: 'C-1', total_cents: 1250, status: 'open', placed_on: '2026-03-01' };

describe('client', () => {
  it('creates a customer', async () => {
    const { client, calls } = createStubbedClient({ status: 201, answer: ADA });
    assert.deepEqual(await client.createCustomer(ADA), ADA);
    assert.deepEqual(calls, [{ method: 'POST', path: '/customers', body: ADA }]);
  });

  it('lists customers', async () => {
    const { client } = createStubbedClient({ answer: { customers: [ADA] } });
    assert.deepEqual(await client.listCustomers(), [ADA]);
  });

  it('gets a customer, whatever its number holds', async () => {
    const { client, calls } = createStubbedClient({ answer: ADA });
    assert.deepEqual(await client.getCustomer('C 1/2'), ADA);
    assert.equal(calls[0].path, '/customers/C%201%2F2');
  });

  it('creates an order', async () => {
    const { client, calls } = createStubbedClient({ status: 201, answer: ORDER });
    assert.deepEqual(await client.createOrder(ORDER), ORDER);
    assert.deepEqual(calls, [{ method: 'POST', path: '/orders', body: ORDER }]);
  });

  it('lists orders', async () => {
    const { client } = createStubbedClient({ answer: { orders: [ORDER] } });
    assert.deepEqual(await client.listOrders(), [ORDER]);
  });

  it('gets an order', async () => {
    const { client } = createStubbedClient({ answer: ORDER });
    assert.deepEqual(await client.getOrder('O-1'), ORDER);
  });

  it('throws what the service refuses', async () => {
    const error = { code: 'invalid_field', message: '`name` must be text.', field: 'name' };
    const { client } = createStubbedClient({ status: 422, answer: { error } });
    await assert.rejects(client.createCustomer({}), (thrown) => {
      assert.ok(thrown instanceof ServiceError);
      assert.deepEqual([thrown.status, thrown.code, thrown.field], [422, 'invalid_field', 'name']);
      return true;
    });
  });
});
