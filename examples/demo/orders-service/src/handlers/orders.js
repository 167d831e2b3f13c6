import { conflict, notFound } from '../errors.js';
import { allOrders, findOrder, insertOrder } from '../stores/orders.js';
import { ORDER, ORDER_STATUS } from '../types/order.js';
import { date, oneOf, positiveInteger, text } from '../validators.js';

export function createOrder({ database, body }) {
  const order = {
    number: text(body, 'number'),
    customer: text(body, 'customer'),
    total_cents: positiveInteger(body, 'total_cents'),
    status: oneOf(body, 'status', ORDER_STATUS),
    placed_on: date(body, 'placed_on'),
  };
  if (findOrder(database, order.number) !== undefined) throw conflict(ORDER, order.number);
  insertOrder(database, order);
  return { status: 201, body: order };
}

export function listOrders({ database }) {
  return { status: 200, body: { orders: allOrders(database) } };
}

export function getOrder({ database, params }) {
  const order = findOrder(database, params.number);
  if (order === undefined) throw notFound(ORDER, params.number);
  return { status: 200, body: order };
}
