const { createApp } = require('../src/app.js');

const LINES = [
  { cents: 1500, count: 2 },
  { cents: 700, count: 1 },
];

test('adds up an order', async () => {
  const { status, body } = await createApp().inject({ method: 'POST', url: '/orders', body: { lines: LINES } });
  expect(status).toBe(201);
  expect(body.totalCents).toBe(3700);
});

test('refuses an order without lines', async () => {
  const { status } = await createApp().inject({ method: 'POST', url: '/orders', body: { lines: [] } });
  expect(status).toBe(400);
});

test('reads an order back', async () => {
  const app = createApp();
  const { body } = await app.inject({ method: 'POST', url: '/orders', body: { lines: LINES } });
  expect((await app.inject({ method: 'GET', url: `/orders/${body.id}` })).body).toEqual(body);
});

test('knows no other order', async () => {
  expect((await createApp().inject({ method: 'GET', url: '/orders/o9' })).status).toBe(404);
});
