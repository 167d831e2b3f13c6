import express from 'express';
import { ApiError } from './errors.js';
import { createCustomer, getCustomer, listCustomers } from './handlers/customers.js';
import { createOrder, getOrder, listOrders } from './handlers/orders.js';

/** The application over one open database; the caller listens and closes. */
export function createApp(database) {
  const app = express();
  app.locals.database = database;
  app.use(express.json({ limit: '64kb', strict: false, type: () => true }), requireObject);

  app.post('/customers', createCustomer);
  app.get('/customers', listCustomers);
  app.get('/customers/:number', getCustomer);
  app.post('/orders', createOrder);
  app.get('/orders', listOrders);
  app.get('/orders/:number', getOrder);

  app.use(() => {
    throw new ApiError(404, 'route_not_found', 'There is no such route.');
  });
  app.use(answerError);
  return app;
}

function requireObject({ method, body }, response, next) {
  const isObject = body !== null && typeof body === 'object' && !Array.isArray(body);
  if (method === 'POST' && !isObject) throw new ApiError(400, 'invalid_json', 'The body must be a JSON object.');
  next();
}

// Express tells handlers of errors by their four parameters.
function answerError(error, request, response, next) {
  const known = knownError(error);
  if (known.status === 500) console.error(error);
  response.status(known.status).json(known.toBody());
}

function knownError(error) {
  if (error instanceof ApiError) return error;
  if (error.status === 413) return new ApiError(413, 'body_too_large', 'The body is too large.');
  if (error.status === 400) return new ApiError(400, 'invalid_json', 'The request cannot be read.');
  return new ApiError(500, 'internal_error', 'Something went wrong.');
}
