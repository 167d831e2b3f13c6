import { ServiceError } from './errors.js';

/** @import { Customer, Order } from './types.js' */

export { ServiceError };

/** A client of one orders service. Every method throws `ServiceError` when the service refuses. */
export function createClient({ baseUrl, fetch = globalThis.fetch }) {
  async function send(method, path, body) {
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new ServiceError(response.status, answer.error);
    return answer;
  }

  return {
    /** @param {Customer} customer @returns {Promise<Customer>} */
    createCustomer: (customer) => send('POST', '/customers', customer),
    /** @returns {Promise<Customer[]>} */
    listCustomers: async () => (await send('GET', '/customers')).customers,
    /** @returns {Promise<Customer>} */
    getCustomer: (number) => send('GET', `/customers/${encodeURIComponent(number)}`),

    /** @param {Order} order @returns {Promise<Order>} */
    createOrder: (order) => send('POST', '/orders', order),
    /** @returns {Promise<Order[]>} */
    listOrders: async () => (await send('GET', '/orders')).orders,
    /** @returns {Promise<Order>} */
    getOrder: (number) => send('GET', `/orders/${encodeURIComponent(number)}`),
  };
}
