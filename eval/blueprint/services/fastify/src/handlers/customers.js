import { conflict, notFound } from '../errors.js';
import { allCustomers, findCustomer, insertCustomer } from '../stores/customers.js';
import { CUSTOMER } from '../types/customer.js';
import { date, text } from '../validators.js';

export function createCustomer(request, reply) {
  const { database } = request.server;
  const { body } = request;
  const customer = {
    number: text(body, 'number'),
    name: text(body, 'name'),
    since: date(body, 'since'),
  };
  if (findCustomer(database, customer.number) !== undefined) throw conflict(CUSTOMER, customer.number);
  insertCustomer(database, customer);
  reply.code(201).send(customer);
}

export function listCustomers(request, reply) {
  const { database } = request.server;
  reply.send({ customers: allCustomers(database) });
}

export function getCustomer(request, reply) {
  const { database } = request.server;
  const { params } = request;
  const customer = findCustomer(database, params.number);
  if (customer === undefined) throw notFound(CUSTOMER, params.number);
  reply.send(customer);
}
