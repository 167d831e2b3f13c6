import { conflict, notFound } from '../errors.js';
import { allInvoices, findInvoice, insertInvoice } from '../stores/invoices.js';
import { INVOICE } from '../types/invoice.js';
import { date, positiveInteger, text } from '../validators.js';

export function createInvoice({ database, body }) {
  const invoice = {
    number: text(body, 'number'),
    amount_cents: positiveInteger(body, 'amount_cents'),
    due_on: date(body, 'due_on'),
  };
  if (findInvoice(database, invoice.number) !== undefined) throw conflict(INVOICE, invoice.number);
  insertInvoice(database, invoice);
  return { status: 201, body: invoice };
}

export function listInvoices({ database }) {
  return { status: 200, body: { invoices: allInvoices(database) } };
}

export function getInvoice({ database, params }) {
  const invoice = findInvoice(database, params.number);
  if (invoice === undefined) throw notFound(INVOICE, params.number);
  return { status: 200, body: invoice };
}
