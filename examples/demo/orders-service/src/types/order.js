/** @typedef {{ number: string, customer: string, total_cents: number, status: 'open' | 'paid' | 'shipped', placed_on: string }} Order */

export const ORDER_STATUS = ['open', 'paid', 'shipped'];

export const ORDER = {
  name: 'order',
  table: 'orders',
  key: 'number',
  columns: ['number', 'customer', 'total_cents', 'status', 'placed_on'],
};
