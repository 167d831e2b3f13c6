import { expect, it } from 'vitest';
import { formatDuration, median, spanMs } from './duration.ts';

it('writes time spans for people', () => {
  expect([0, 430, 9_960, 59_400, 63_000, 7_500_000].map(formatDuration)).toEqual([
    '0.0s',
    '0.4s',
    '10s',
    '59s',
    '1m 03s',
    '2h 05m',
  ]);
});

it('CLK-2: never shows a negative time', () => {
  expect(formatDuration(-5)).toBe('0.0s');
  expect(spanMs('2026-01-01T00:00:05Z', '2026-01-01T00:00:01Z')).toBe(0);
});

it('finds the middle value', () => {
  expect(median([9, 1, 4])).toBe(4);
  expect(median([])).toBeNull();
});
