import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nightsBetween } from '../src/bookings.ts';
import { withApp } from './client.ts';

const STAY = { room: 'sea', from: '2026-06-10', to: '2026-06-13' };

test('counts nights', () => {
  assert.equal(nightsBetween('2026-06-10', '2026-06-13'), 3);
});

test('books a room', async () => {
  await withApp({}, async (call) => {
    const made = await call('POST', '/bookings', STAY);
    assert.equal(made.status, 201);
    assert.equal(made.body.paidCents, 27000);
    assert.deepEqual((await call('GET', '/bookings/1')).body, made.body);
  });
});

test('refuses a booking without dates', async () => {
  await withApp({}, async (call) => {
    assert.equal((await call('POST', '/bookings', { room: 'sea' })).status, 400);
  });
});

test('knows no other booking', async () => {
  await withApp({}, async (call) => {
    assert.equal((await call('GET', '/bookings/9')).status, 404);
  });
});

test('lists rooms by price, which nobody has built yet', async () => {
  await withApp({}, async (call) => {
    const { body } = await call('GET', '/rooms?sort=-price');
    assert.equal(body[0].id, 'hill');
  });
});
