import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createStubbedClient } from './support/stub.js';

const INVOICE = { number: 'I-1', amount_cents: 1250, due_on: '2026-03-01' };

describe('invoices of the client', () => {
  it('creates an invoice', async () => {
    const { client, calls } = createStubbedClient({ status: 201, answer: INVOICE });
    assert.deepEqual(await client.createInvoice(INVOICE), INVOICE);
    assert.deepEqual(calls, [{ method: 'POST', path: '/invoices', body: INVOICE }]);
  });

  it('lists invoices', async () => {
    const { client } = createStubbedClient({ answer: { invoices: [INVOICE] } });
    assert.deepEqual(await client.listInvoices(), [INVOICE]);
  });

  it('gets an invoice', async () => {
    const { client } = createStubbedClient({ answer: INVOICE });
    assert.deepEqual(await client.getInvoice('I-1'), INVOICE);
  });
});
