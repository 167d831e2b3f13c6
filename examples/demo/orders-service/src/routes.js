import { createCustomer, getCustomer, listCustomers } from './handlers/customers.js';
import { createOrder, getOrder, listOrders } from './handlers/orders.js';

/** Every route of the service; `:name` parts become `params.name`. */
export const routes = [
  { method: 'POST', path: '/customers', handler: createCustomer },
  { method: 'GET', path: '/customers', handler: listCustomers },
  { method: 'GET', path: '/customers/:number', handler: getCustomer },
  { method: 'POST', path: '/orders', handler: createOrder },
  { method: 'GET', path: '/orders', handler: listOrders },
  { method: 'GET', path: '/orders/:number', handler: getOrder },
];
