import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { ApiError } from './errors.js';
import { createCustomer, getCustomer, listCustomers } from './handlers/customers.js';
import { createOrder, getOrder, listOrders } from './handlers/orders.js';

/** The application over one open database; the caller listens and closes. */
export function createApp(database) {
  const app = new Hono();
  app.use(async (context, next) => {
    context.set('database', database);
    await next();
  });
  app.use(bodyLimit({ maxSize: 64 * 1024, onError: refuseLargeBody }), requireObject);

  app.post('/customers', createCustomer);
  app.get('/customers', listCustomers);
  app.get('/customers/:number', getCustomer);
  app.post('/orders', createOrder);
  app.get('/orders', listOrders);
  app.get('/orders/:number', getOrder);

  app.notFound(() => {
    throw new ApiError(404, 'route_not_found', 'There is no such route.');
  });
  app.onError(answerError);
  return app;
}

function refuseLargeBody() {
  throw new ApiError(413, 'body_too_large', 'The body is too large.');
}

async function requireObject({ req }, next) {
  const body = req.method === 'POST' ? await req.json() : {};
  const isObject = body !== null && typeof body === 'object' && !Array.isArray(body);
  if (!isObject) throw new ApiError(400, 'invalid_json', 'The body must be a JSON object.');
  await next();
}

function answerError(error, context) {
  const known = knownError(error);
  if (known.status === 500) console.error(error);
  return context.json(known.toBody(), known.status);
}

function knownError(error) {
  if (error instanceof ApiError) return error;
  if (error instanceof SyntaxError) return new ApiError(400, 'invalid_json', 'The body must be a JSON object.');
  return new ApiError(500, 'internal_error', 'Something went wrong.');
}
