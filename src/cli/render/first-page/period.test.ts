import { expect, it } from 'vitest';
import { periodWords } from './period.ts';

it.each([
  ['2026-11-22T22:40:57.634Z', '2026-11-22T22:43:33.292Z', '22 November 2026, 22:40 to 22:43 UTC'],
  [
    '2026-11-22T23:59:00.000Z',
    '2026-11-23T00:02:00.000Z',
    '22 November 2026, 23:59 to 23 November 2026, 00:02 UTC',
  ],
  ['2026-11-22T22:40:57.634Z', null, 'Since 22 November 2026, 22:40 UTC, not ended'],
])('a run from %s to %s took place %s', (from, to, words) => {
  expect(periodWords(from, to)).toBe(words);
});
