import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startService } from './support/service.js';

describe('app', () => {
  let service;
  before(async () => {
    service = await startService();
  });
  after(() => service.close());

  it('answers 404 for a path that no route has', async () => {
    const { status, body } = await service.get('/nowhere');
    assert.deepEqual([status, body.error.code], [404, 'route_not_found']);
  });

  for (const text of ['[]', 'null', 'no json']) {
    it(`answers 400 for the body ${JSON.stringify(text)}`, async () => {
      const { status, body } = await service.send('POST', '/orders', text);
      assert.deepEqual([status, body.error.code], [400, 'invalid_json']);
    });
  }

  it('answers 413 for a body that is too large', async () => {
    const { status, body } = await service.post('/orders', { number: 'a'.repeat(70_000) });
    assert.deepEqual([status, body.error.code], [413, 'body_too_large']);
  });

  it('decodes what stands in a path', async () => {
    await service.post('/customers', { number: 'C 1/2', name: 'Grace', since: '2026-01-01' });
    assert.equal((await service.get('/customers/C%201%2F2')).status, 200);
  });
});
