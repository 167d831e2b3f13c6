import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UNKNOWN_USAGE, type DriverOutcome } from '../drivers/driver.ts';
import { MAX_EQUAL_FAILURES, openBreaker } from './breaker.ts';

const raw = new Uint8Array();
const FAILED: DriverOutcome = { kind: 'failed', reason: 'crashed', detail: '401', raw, usage: UNKNOWN_USAGE };
const DONE: DriverOutcome = { kind: 'submitted', result: {}, raw, usage: UNKNOWN_USAGE };

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-breaker-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('DOS-3: two runs side by side count together, and a success of either ends the count', () => {
  const [one, other] = [openBreaker(dir, 'a'), openBreaker(dir, 'a')];
  for (let count = 1; count < MAX_EQUAL_FAILURES; count += 1) one.note(FAILED);
  other.note(DONE);
  one.note(FAILED);
  expect(one.findStorm()).toBeNull();
  for (let count = 1; count < MAX_EQUAL_FAILURES; count += 1) other.note(FAILED);
  expect(other.findStorm()).toMatchObject({ code: 'E_FAILING_ALIKE' });
  one.note(DONE);
  expect(other.findStorm()).toBeNull();
});

it('DOS-3: agents that are started in another way have a count of their own', () => {
  const one = openBreaker(dir, 'a');
  for (let count = 0; count < MAX_EQUAL_FAILURES; count += 1) one.note(FAILED);
  expect(openBreaker(dir, 'a').findStorm()).not.toBeNull();
  expect(openBreaker(dir, 'b').findStorm()).toBeNull();
});
