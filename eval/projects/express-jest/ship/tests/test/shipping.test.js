const { createApplication } = require('../lib/app.js');
const { createOrders } = require('../src/orders.js');
const { shippingRoutes } = require('../src/routes/shipping.js');
const { shippingCents } = require('../src/shipping.js');

async function ship(body, totalCents = 3000) {
  const app = createApplication();
  const orders = createOrders();
  shippingRoutes(app, { orders });
  await orders.add({ lines: [], totalCents, state: 'open' });
  const answer = await app.inject({ method: 'POST', url: '/orders/o1/shipment', body });
  return { orders, answer };
}

test('costs five euros for little', () => {
  expect(shippingCents(1500, false, 3000)).toBe(500);
});

test('costs more for more, and double when express', () => {
  expect(shippingCents(2001, false, 3000)).toBe(900);
  expect(shippingCents(1500, true, 3000)).toBe(1000);
});

test('is free from 100 euros on', () => {
  expect(shippingCents(1500, false, 10000)).toBe(0);
});

test('refuses what is too heavy', async () => {
  expect((await ship({ grams: 20001 })).answer.status).toBe(422);
});

test('closes the order', async () => {
  const { orders, answer } = await ship({ grams: 900 });
  expect(answer.status).toBe(201);
  expect(answer.body.totalCents).toBe(3500);
  expect((await orders.find('o1')).state).toBe('shipped');
});

test('refuses a weight that is none', async () => {
  expect((await ship({ grams: 'much' })).answer.status).toBe(400);
});
