import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startService } from './support/service.js';

const INVOICE = { number: 'I-1', amount_cents: 1250, due_on: '2026-03-01' };

describe('invoices', () => {
  let service;
  before(async () => {
    service = await startService();
  });
  after(() => service.close());

  it('creates an invoice', async () => {
    assert.deepEqual(await service.post('/invoices', INVOICE), { status: 201, body: INVOICE });
  });

  it('refuses a second invoice with the same number', async () => {
    const { status, body } = await service.post('/invoices', INVOICE);
    assert.equal(status, 409);
    assert.equal(body.error.code, 'invoice_exists');
  });

  it('lists invoices by number', async () => {
    await service.post('/invoices', { ...INVOICE, number: 'I-0' });
    const { status, body } = await service.get('/invoices');
    assert.equal(status, 200);
    assert.deepEqual(body.invoices.map((invoice) => invoice.number), ['I-0', 'I-1']);
  });

  it('gets one invoice by its number', async () => {
    assert.deepEqual(await service.get('/invoices/I-1'), { status: 200, body: INVOICE });
  });

  it('says which invoice there is not', async () => {
    const { status, body } = await service.get('/invoices/I-404');
    assert.equal(status, 404);
    assert.equal(body.error.code, 'invoice_not_found');
  });

  for (const [field, value] of [
    ['number', ''],
    ['amount_cents', 0],
    ['amount_cents', 12.5],
    ['amount_cents', '1250'],
    ['due_on', '2026-02-30'],
  ]) {
    it(`refuses an invoice whose ${field} is ${JSON.stringify(value)}`, async () => {
      const { status, body } = await service.post('/invoices', { ...INVOICE, number: 'I-2', [field]: value });
      assert.equal(status, 422);
      assert.equal(body.error.field, field);
    });
  }
});
