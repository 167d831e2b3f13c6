/** @typedef {{ number: string, name: string, since: string }} Customer */

export const CUSTOMER = {
  name: 'customer',
  table: 'customers',
  key: 'number',
  columns: ['number', 'name', 'since'],
};
