import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startService } from '../support/service.js';

const INVOICE = { number: 'I-7', amount_cents: 990, due_on: '2026-05-31' };

describe('invoices, criterion by criterion', () => {
  let service;
  before(async () => {
    service = await startService();
  });
  after(() => service.close());

  it('A1, A2, A3: what was created is listed and can be fetched', async () => {
    assert.equal((await service.post('/invoices', INVOICE)).status, 201);
    assert.deepEqual((await service.get('/invoices')).body, { invoices: [INVOICE] });
    assert.deepEqual((await service.get('/invoices/I-7')).body, INVOICE);
  });

  it('A4: what is refused is not kept', async () => {
    assert.equal((await service.post('/invoices', { ...INVOICE, number: 'I-8', amount_cents: -1 })).status, 422);
    assert.equal((await service.get('/invoices/I-8')).status, 404);
  });
});
