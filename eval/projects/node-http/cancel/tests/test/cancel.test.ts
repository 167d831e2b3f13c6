import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refundOf } from '../src/cancel.ts';
import { withApp } from './client.ts';

const STAY = { room: 'sea', from: '2026-06-10', to: '2026-06-12' };
const before = (hours: number) => () => Date.parse(STAY.from) - hours * 3_600_000;

test('gives everything back two days before', () => {
  assert.equal(refundOf(18000, 48), 18000);
});

test('gives half back one day before', () => {
  assert.equal(refundOf(18001, 24), 9000);
});

test('gives nothing back later', () => {
  assert.equal(refundOf(18000, 23.9), 0);
});

test('cancels a booking', async () => {
  await withApp({ now: before(72) }, async (call) => {
    await call('POST', '/bookings', STAY);
    const cancelled = await call('POST', '/bookings/1/cancel', { reason: 'plans changed' });
    assert.equal(cancelled.status, 200);
    assert.equal(cancelled.body.refundCents, 18000);
    assert.equal((await call('GET', '/bookings/1')).body.status, 'cancelled');
  });
});

test('wants a reason', async () => {
  await withApp({ now: before(72) }, async (call) => {
    await call('POST', '/bookings', STAY);
    assert.equal((await call('POST', '/bookings/1/cancel', {})).status, 400);
    assert.equal((await call('POST', '/bookings/1/cancel', { reason: ' a ' })).status, 400);
  });
});

test('cancels once', async () => {
  await withApp({ now: before(72) }, async (call) => {
    await call('POST', '/bookings', STAY);
    await call('POST', '/bookings/1/cancel', { reason: 'plans changed' });
    assert.equal((await call('POST', '/bookings/1/cancel', { reason: 'plans changed' })).status, 409);
  });
});
