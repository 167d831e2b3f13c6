import { conflict, notFound } from '../errors.js';
import { allCustomers, findCustomer, insertCustomer } from '../stores/customers.js';
import { CUSTOMER } from '../types/customer.js';
import { date, text } from '../validators.js';

export async function createCustomer(context) {
  const { database } = context.var;
  const body = await context.req.json();
  const customer = {
    number: text(body, 'number'),
    name: text(body, 'name'),
    since: date(body, 'since'),
  };
  if (findCustomer(database, customer.number) !== undefined) throw conflict(CUSTOMER, customer.number);
  insertCustomer(database, customer);
  return context.json(customer, 201);
}

export function listCustomers(context) {
  const { database } = context.var;
  return context.json({ customers: allCustomers(database) });
}

export function getCustomer(context) {
  const { database } = context.var;
  const params = context.req.param();
  const customer = findCustomer(database, params.number);
  if (customer === undefined) throw notFound(CUSTOMER, params.number);
  return context.json(customer);
}
