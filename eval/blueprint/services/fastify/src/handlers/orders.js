import { conflict, notFound } from '../errors.js';
import { allOrders, findOrder, insertOrder } from '../stores/orders.js';
import { ORDER, ORDER_STATUS } from '../types/order.js';
import { date, oneOf, positiveInteger, text } from '../validators.js';

export function createOrder(request, reply) {
  const { database } = request.server;
  const { body } = request;
  const order = {
    number: text(body, 'number'),
    customer: text(body, 'customer'),
    total_cents: positiveInteger(body, 'total_cents'),
    status: oneOf(body, 'status', ORDER_STATUS),
    placed_on: date(body, 'placed_on'),
  };
  if (findOrder(database, order.number) !== undefined) throw conflict(ORDER, order.number);
  insertOrder(database, order);
  reply.code(201).send(order);
}

export function listOrders(request, reply) {
  const { database } = request.server;
  reply.send({ orders: allOrders(database) });
}

export function getOrder(request, reply) {
  const { database } = request.server;
  const { params } = request;
  const order = findOrder(database, params.number);
  if (order === undefined) throw notFound(ORDER, params.number);
  reply.send(order);
}
