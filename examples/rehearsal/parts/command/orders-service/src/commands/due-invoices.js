import { pathToFileURL } from 'node:url';
import { openDatabase } from '../database.js';
import { date } from '../validators.js';

/** The lines that the command prints: every invoice that is due by this day, the oldest first. */
export function dueLines(database, day) {
  const by = date({ day }, 'day');
  return database
    .prepare('SELECT number, amount_cents, due_on FROM invoices WHERE due_on <= ? ORDER BY due_on, number')
    .all(by)
    .map(({ number, amount_cents, due_on }) => `${due_on} ${number} ${(amount_cents / 100).toFixed(2)}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const database = openDatabase(process.env.DATABASE ?? ':memory:');
  for (const line of dueLines(database, process.argv[2])) console.log(line);
  database.close();
}
