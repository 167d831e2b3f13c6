import fastify from 'fastify';
import { ApiError } from './errors.js';
import { createCustomer, getCustomer, listCustomers } from './handlers/customers.js';
import { createOrder, getOrder, listOrders } from './handlers/orders.js';

/** The application over one open database; the caller listens and closes. */
export function createApp(database) {
  const app = fastify({ bodyLimit: 64 * 1024, forceCloseConnections: true });
  app.decorate('database', database);
  app.addHook('preHandler', requireObject);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(() => {
    throw new ApiError(404, 'route_not_found', 'There is no such route.');
  });

  app.post('/customers', createCustomer);
  app.get('/customers', listCustomers);
  app.get('/customers/:number', getCustomer);
  app.post('/orders', createOrder);
  app.get('/orders', listOrders);
  app.get('/orders/:number', getOrder);
  return app;
}

async function requireObject({ method, body }) {
  const isObject = body !== null && typeof body === 'object' && !Array.isArray(body);
  if (method === 'POST' && !isObject) throw new ApiError(400, 'invalid_json', 'The body must be a JSON object.');
}

function answerError(error, request, reply) {
  const known = knownError(error);
  if (known.status === 500) console.error(error);
  reply.code(known.status).send(known.toBody());
}

function knownError(error) {
  if (error instanceof ApiError) return error;
  if (error.statusCode === 413) return new ApiError(413, 'body_too_large', 'The body is too large.');
  if (error.statusCode < 500) return new ApiError(400, 'invalid_json', 'The request cannot be read.');
  return new ApiError(500, 'internal_error', 'Something went wrong.');
}
