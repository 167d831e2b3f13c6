import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withApp, type Answer } from '../test/client.ts';

const STAY = { room: 'hill', from: '2026-07-01', to: '2026-07-02' };

async function cancelled(hours: number, body: unknown = { reason: 'we are ill' }): Promise<Answer> {
  let answer: Answer | null = null;
  await withApp({ now: () => Date.parse(STAY.from) - hours * 3_600_000 }, async (call) => {
    await call('POST', '/bookings', STAY);
    answer = await call('POST', '/bookings/1/cancel', body);
  });
  if (answer === null) throw new Error('no answer');
  return answer;
}

const refunds: [number, number][] = [
  [100, 12500],
  [48, 12500],
  [47.9, 6250],
  [24, 6250],
  [23.9, 0],
  [0, 0],
];
for (const [hours, cents] of refunds) {
  test(`refunds ${cents} at ${hours} hours`, async () => {
    const { status, body } = await cancelled(hours);
    assert.equal(status, 200);
    assert.equal(body.refundCents, cents);
    assert.equal(body.status, 'cancelled');
    assert.equal(body.reason, 'we are ill');
  });
}

test('keeps the boundary of reasons', async () => {
  assert.equal((await cancelled(100, { reason: 'abc' })).status, 200);
  assert.equal((await cancelled(100, { reason: ' ab ' })).status, 400);
  assert.equal((await cancelled(100, { reason: 'x'.repeat(200) })).status, 200);
  assert.equal((await cancelled(100, { reason: 'x'.repeat(201) })).status, 400);
  const without = await cancelled(100, {});
  assert.deepEqual([without.status, without.body.error.code], [400, 'invalid_reason']);
});

test('knows no other booking', async () => {
  await withApp({}, async (call) => {
    const { status, body } = await call('POST', '/bookings/7/cancel', { reason: 'we are ill' });
    assert.deepEqual([status, body.error.code], [404, 'no_such_booking']);
  });
});

test('is kept, and happens once', async () => {
  await withApp({ now: () => 0 }, async (call) => {
    await call('POST', '/bookings', STAY);
    const first = await call('POST', '/bookings/1/cancel', { reason: 'we are ill' });
    assert.deepEqual((await call('GET', '/bookings/1')).body, first.body);
    const again = await call('POST', '/bookings/1/cancel', { reason: 'we are ill' });
    assert.deepEqual([again.status, again.body.error.code], [409, 'already_cancelled']);
  });
});

test('is too late once it has begun', async () => {
  const { status, body } = await cancelled(-1);
  assert.deepEqual([status, body.error.code], [409, 'already_begun']);
});
