import { conflict, notFound } from '../errors.js';
import { allCustomers, findCustomer, insertCustomer } from '../stores/customers.js';
import { CUSTOMER } from '../types/customer.js';
import { date, text } from '../validators.js';

export function createCustomer(request, response) {
  const { database } = request.app.locals;
  const { body } = request;
  const customer = {
    number: text(body, 'number'),
    name: text(body, 'name'),
    since: date(body, 'since'),
  };
  if (findCustomer(database, customer.number) !== undefined) throw conflict(CUSTOMER, customer.number);
  insertCustomer(database, customer);
  response.status(201).json(customer);
}

export function listCustomers(request, response) {
  const { database } = request.app.locals;
  response.json({ customers: allCustomers(database) });
}

export function getCustomer(request, response) {
  const { database } = request.app.locals;
  const { params } = request;
  const customer = findCustomer(database, params.number);
  if (customer === undefined) throw notFound(CUSTOMER, params.number);
  response.json(customer);
}
