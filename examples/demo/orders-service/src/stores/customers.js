/** @import { Customer } from '../types/customer.js' */

/** @param {Customer} customer */
export function insertCustomer(database, customer) {
  database
    .prepare('INSERT INTO customers (number, name, since) VALUES (?, ?, ?)')
    .run(customer.number, customer.name, customer.since);
}

/** @returns {Customer[]} */
export function allCustomers(database) {
  return database.prepare('SELECT number, name, since FROM customers ORDER BY number').all();
}

/** @returns {Customer | undefined} */
export function findCustomer(database, number) {
  return database.prepare('SELECT number, name, since FROM customers WHERE number = ?').get(number);
}
