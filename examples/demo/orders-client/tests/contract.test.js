import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { createStubbedClient } from './support/stub.js';

const contract = JSON.parse(readFileSync(new URL('../contract/routes.json', import.meta.url), 'utf8'));

describe('contract', () => {
  it('every route of the contract has a method that calls it', async () => {
    const { client, calls } = createStubbedClient();
    for (const { method, path, call } of contract) {
      assert.equal(typeof client[call], 'function', `the client has no ${call} for ${method} ${path}`);
      await client[call]('value');
      const expected = { method, path: path.replace(/:\w+/, 'value') };
      const { method: sent, path: to } = calls.at(-1);
      assert.deepEqual({ method: sent, path: to }, expected, `${call} does not call ${method} ${path}`);
    }
  });

  it('every method of the client is in the contract', () => {
    const { client } = createStubbedClient();
    const known = new Set(contract.map(({ call }) => call));
    const missing = Object.keys(client).filter((name) => !known.has(name));
    assert.deepEqual(missing, [], `not in contract/routes.json: ${missing.join(', ')}`);
  });
});
