import { conflict, notFound } from '../errors.js';
import { allOrders, findOrder, insertOrder } from '../stores/orders.js';
import { ORDER, ORDER_STATUS } from '../types/order.js';
import { date, oneOf, positiveInteger, text } from '../validators.js';

export function createOrder(request, response) {
  const { database } = request.app.locals;
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
  response.status(201).json(order);
}

export function listOrders(request, response) {
  const { database } = request.app.locals;
  response.json({ orders: allOrders(database) });
}

export function getOrder(request, response) {
  const { database } = request.app.locals;
  const { params } = request;
  const order = findOrder(database, params.number);
  if (order === undefined) throw notFound(ORDER, params.number);
  response.json(order);
}
