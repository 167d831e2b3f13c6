import { conflict, notFound } from '../errors.js';
import { allCustomers, findCustomer, insertCustomer } from '../stores/customers.js';
import { CUSTOMER } from '../types/customer.js';
import { date, text } from '../validators.js';

export function createCustomer({ database, body }) {
  const customer = {
    number: text(body, 'number'),
    name: text(body, 'name'),
    since: date(body, 'since'),
  };
  if (findCustomer(database, customer.number) !== undefined) throw conflict(CUSTOMER, customer.number);
  insertCustomer(database, customer);
  return { status: 201, body: customer };
}

export function listCustomers({ database }) {
  return { status: 200, body: { customers: allCustomers(database) } };
}

export function getCustomer({ database, params }) {
  const customer = findCustomer(database, params.number);
  if (customer === undefined) throw notFound(CUSTOMER, params.number);
  return { status: 200, body: customer };
}
