import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withApp } from '../test/client.ts';

const cases: [string, string, number, unknown][] = [
  ['a night', 'room=sea&from=2026-06-01&to=2026-06-02&guests=1', 200, 11500],
  ['six nights', 'room=sea&from=2026-06-01&to=2026-06-07&guests=2', 200, 56500],
  ['seven nights', 'room=sea&from=2026-06-01&to=2026-06-08&guests=2', 200, 59200],
  ['thirty nights', 'room=hill&from=2026-06-01&to=2026-07-01&guests=4', 200, 340000],
  ['thirty-one nights', 'room=hill&from=2026-06-01&to=2026-07-02&guests=4', 422, 'too_long'],
  ['no night', 'room=hill&from=2026-06-01&to=2026-06-01', 400, 'invalid_dates'],
  ['no dates', 'room=hill', 400, 'invalid_dates'],
  ['a bad date', 'room=hill&from=2026-06-01&to=x2026-06-03', 400, 'invalid_dates'],
  ['nobody', 'room=hill&from=2026-06-01&to=2026-06-03&guests=0', 400, 'invalid_guests'],
  ['half a guest', 'room=hill&from=2026-06-01&to=2026-06-03&guests=1.5', 400, 'invalid_guests'],
  ['too many guests', 'room=hill&from=2026-06-01&to=2026-06-03&guests=5', 422, 'too_many_guests'],
  ['no room', 'room=attic&from=2026-06-01&to=2026-06-03', 404, 'no_such_room'],
];
for (const [name, query, status, expected] of cases) {
  test(`quotes ${name}`, async () => {
    await withApp({}, async (call) => {
      const answer = await call('GET', `/quotes?${query}`);
      assert.equal(answer.status, status);
      assert.equal(status === 200 ? answer.body.totalCents : answer.body.error.code, expected);
    });
  });
}
