/** @import { Invoice } from '../types/invoice.js' */

/** @param {Invoice} invoice */
export function insertInvoice(database, invoice) {
  database
    .prepare('INSERT INTO invoices (number, amount_cents, due_on) VALUES (?, ?, ?)')
    .run(invoice.number, invoice.amount_cents, invoice.due_on);
}

/** @returns {Invoice[]} */
export function allInvoices(database) {
  return database.prepare('SELECT number, amount_cents, due_on FROM invoices ORDER BY number').all();
}

/** @returns {Invoice | undefined} */
export function findInvoice(database, number) {
  return database.prepare('SELECT number, amount_cents, due_on FROM invoices WHERE number = ?').get(number);
}
