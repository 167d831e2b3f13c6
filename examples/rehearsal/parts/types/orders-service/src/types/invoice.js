/** @typedef {{ number: string, amount_cents: number, due_on: string }} Invoice */

export const INVOICE = {
  name: 'invoice',
  table: 'invoices',
  key: 'number',
  columns: ['number', 'amount_cents', 'due_on'],
};
