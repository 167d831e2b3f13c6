import { expect, it } from 'vitest';
import { readRefusal } from './quota.ts';

const NOW = new Date('2026-11-21T10:00:00Z');

function retryAt(headers: Record<string, string>, error: object = {}): string | null | undefined {
  return readRefusal({ status: 429, headers, body: { error } }, NOW)?.retryAt?.toISOString();
}

it.each<[string, Record<string, string>, object, string | undefined]>([
  ['seconds', { 'retry-after': '30' }, {}, '2026-11-21T10:00:30.000Z'],
  ['milliseconds', { 'retry-after-ms': '1500' }, {}, '2026-11-21T10:00:01.500Z'],
  ['a date', { 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT' }, {}, '2026-11-21T11:00:00.000Z'],
  [
    'the reset of the limit that has nothing left',
    {
      'anthropic-ratelimit-requests-remaining': '10',
      'anthropic-ratelimit-requests-reset': '2026-11-21T10:00:01Z',
      'anthropic-ratelimit-tokens-remaining': '0',
      'anthropic-ratelimit-tokens-reset': '2026-11-21T10:05:00Z',
    },
    {},
    '2026-11-21T10:05:00.000Z',
  ],
  ['a duration', { 'x-ratelimit-reset-requests': '6m0s' }, {}, '2026-11-21T10:06:00.000Z'],
  ['short durations', { 'x-ratelimit-reset-tokens': '120ms' }, {}, '2026-11-21T10:00:00.120Z'],
  ['seconds since 1970', { 'x-ratelimit-reset': '1795258800' }, {}, '2026-11-21T11:00:00.000Z'],
  ['a time in the body', {}, { resets_at: 1_795_258_800 }, '2026-11-21T11:00:00.000Z'],
  ['seconds in the body', {}, { resets_in_seconds: 90 }, '2026-11-21T10:01:30.000Z'],
  [
    "Google's delay",
    {},
    { details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' }] },
    '2026-11-21T10:00:34.000Z',
  ],
  ['nothing', {}, {}, undefined],
  ['nonsense', { 'retry-after': 'soon', 'x-ratelimit-reset': 'never' }, {}, undefined],
])('reads when to come back from %s', (_, headers, error, expected) => {
  expect(retryAt(headers, error)).toBe(expected);
});

it.each([
  [429, { type: 'rate_limit_error' }, 'rate_limited'],
  [429, { type: 'insufficient_quota' }, 'exhausted'],
  [429, { type: 'usage_limit_reached', resets_in_seconds: 9 }, 'exhausted'],
  [429, { type: 'rate_limit_error', details: { error_code: 'enforced_spend_limit_reached' } }, 'exhausted'],
  [402, { message: 'pay' }, 'exhausted'],
  [529, { type: 'overloaded_error' }, 'overloaded'],
  [503, {}, 'overloaded'],
  [400, { type: 'invalid_request_error' }, undefined],
  [500, { type: 'api_error' }, undefined],
])('takes %i %o for %s', (status, error, kind) => {
  expect(readRefusal({ status, headers: {}, body: { error } }, NOW)?.kind).toBe(kind);
});
