import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dueLines } from '../src/commands/due-invoices.js';
import { openDatabase } from '../src/database.js';

function databaseWith(...rows) {
  const database = openDatabase(':memory:');
  const insert = database.prepare('INSERT INTO invoices (number, amount_cents, due_on) VALUES (?, ?, ?)');
  for (const row of rows) insert.run(...row);
  return database;
}

describe('the command due-invoices', () => {
  it('names what is due by a day, the oldest first', () => {
    const database = databaseWith(['I-2', 990, '2026-03-02'], ['I-1', 1250, '2026-03-01'], ['I-3', 1, '2026-04-01']);
    assert.deepEqual(dueLines(database, '2026-03-31'), ['2026-03-01 I-1 12.50', '2026-03-02 I-2 9.90']);
  });

  it('refuses a day that is none', () => {
    assert.throws(() => dueLines(databaseWith(), 'soon'), { code: 'invalid_field', field: 'day' });
  });
});
