import { expect, it } from 'vitest';
import { envelopeLines } from './rehearsal-lines.ts';

const HOUR = 3_600_000;
const ENVELOPE = {
  invocations: { least: 26, likely: 36, most: 400 },
  wall_ms: { likely: null, most: 424 * HOUR, along: ['a', 'b'] },
  tokens: null,
  cost_usd: null,
  working_ms: null,
};
const timeOf = (over: Partial<typeof ENVELOPE> | { working_ms: number } = {}): string | undefined =>
  envelopeLines({ ...ENVELOPE, ...over }).find((line) => line.includes('wall time'));

it('says of the time what is known or bounded, and never the sum of all limits', () => {
  expect(timeOf()).toBe(
    '  wall time    not known before a run of it, along 2 steps that wait for each other',
  );
  expect(timeOf({ working_ms: 2 * HOUR })).toMatch(/; working time at most 2h 00m by budget$/);
  expect(envelopeLines({ ...ENVELOPE, wall_ms: { ...ENVELOPE.wall_ms, likely: HOUR } }).join('\n')).toContain(
    'wall time    1h 00m, along 2 steps',
  );
});
