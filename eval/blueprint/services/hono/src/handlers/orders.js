import { conflict, notFound } from '../errors.js';
import { allOrders, findOrder, insertOrder } from '../stores/orders.js';
import { ORDER, ORDER_STATUS } from '../types/order.js';
import { date, oneOf, positiveInteger, text } from '../validators.js';

export async function createOrder(context) {
  const { database } = context.var;
  const body = await context.req.json();
  const order = {
    number: text(body, 'number'),
    customer: text(body, 'customer'),
    total_cents: positiveInteger(body, 'total_cents'),
    status: oneOf(body, 'status', ORDER_STATUS),
    placed_on: date(body, 'placed_on'),
  };
  if (findOrder(database, order.number) !== undefined) throw conflict(ORDER, order.number);
  insertOrder(database, order);
  return context.json(order, 201);
}

export function listOrders(context) {
  const { database } = context.var;
  return context.json({ orders: allOrders(database) });
}

export function getOrder(context) {
  const { database } = context.var;
  const params = context.req.param();
  const order = findOrder(database, params.number);
  if (order === undefined) throw notFound(ORDER, params.number);
  return context.json(order);
}
