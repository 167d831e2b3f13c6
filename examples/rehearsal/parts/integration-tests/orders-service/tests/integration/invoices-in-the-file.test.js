import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openDatabase } from '../../src/database.js';
import { findInvoice, insertInvoice } from '../../src/stores/invoices.js';

const INVOICE = { number: 'I-1', amount_cents: 1250, due_on: '2026-03-01' };

describe('invoices in the database file', () => {
  it('are there after the file was closed and opened again', () => {
    const dir = mkdtempSync(join(tmpdir(), 'orders-'));
    try {
      const file = join(dir, 'orders.db');
      const first = openDatabase(file);
      insertInvoice(first, INVOICE);
      first.close();
      const second = openDatabase(file);
      assert.deepEqual({ ...findInvoice(second, 'I-1') }, INVOICE);
      second.close();
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
