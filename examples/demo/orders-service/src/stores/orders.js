/** @import { Order } from '../types/order.js' */

/** @param {Order} order */
export function insertOrder(database, order) {
  database
    .prepare('INSERT INTO orders (number, customer, total_cents, status, placed_on) VALUES (?, ?, ?, ?, ?)')
    .run(order.number, order.customer, order.total_cents, order.status, order.placed_on);
}

/** @returns {Order[]} */
export function allOrders(database) {
  return database
    .prepare('SELECT number, customer, total_cents, status, placed_on FROM orders ORDER BY number')
    .all();
}

/** @returns {Order | undefined} */
export function findOrder(database, number) {
  return database
    .prepare('SELECT number, customer, total_cents, status, placed_on FROM orders WHERE number = ?')
    .get(number);
}
