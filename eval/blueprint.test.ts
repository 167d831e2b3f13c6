/** Requests in each layout, through the real engine, real gates and hidden tests: a sample for every commit. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FRAMEWORKS } from '../src/drivers/blueprint/layout/handler-style.ts';
import { generateRequests } from './blueprint/requests.ts';
import { tryRequest } from './blueprint/try-request.ts';

const isFull = process.env['BATON_TEST_FULL'] !== undefined;
/** Most of it are mutants that leave a request without an answer: each takes ten seconds or more. */
const LIMIT_MS = 480_000;

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-blueprint-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const all = generateRequests(1, 30);
/** One that is built per layout, the third after an answer; and one that nobody answers. */
const sample = ['1/1', '1/2', '1/3', '1/4', '1/5'];

describe(isFull ? 'each of 30 requests' : 'a sample of requests (30 with BATON_TEST_FULL=1)', () => {
  it.concurrent.each(all.filter(({ id }) => isFull || sample.includes(id)))(
    '$id ($framework) ends in a right pull request or in a fair question: $words',
    async (request) => {
      const tried = await tryRequest(request, { dir: join(dir, request.id), mutants: 6 });
      const isAnswerable = request.facts !== null && (request.open === null || request.answer !== null);
      expect(tried, JSON.stringify(tried, null, 1)).toMatchObject({
        ending: isAnswerable ? 'right' : 'asked',
        ...(isAnswerable ? { gates: { tests: 'pass', mutation: 'pass', probe: 'pass' } } : {}),
      });
    },
    LIMIT_MS,
  );
});

it('the sample has each layout', () => {
  expect(new Set(all.filter(({ id }) => sample.includes(id)).map(({ framework }) => framework))).toEqual(
    new Set(FRAMEWORKS),
  );
});
