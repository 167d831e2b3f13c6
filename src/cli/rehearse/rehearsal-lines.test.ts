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

it('says of the time what is known, and else what the limits let through at most', () => {
  expect(timeOf()).toBe(
    '  wall time    at most 424h 00m by its time-outs and rounds, not known better before a run of it, along 2 steps that wait for each other',
  );
  expect(timeOf({ working_ms: 2 * HOUR })).toMatch(/; working time at most 2h 00m by budget$/);
  expect(envelopeLines({ ...ENVELOPE, wall_ms: { ...ENVELOPE.wall_ms, likely: HOUR } }).join('\n')).toContain(
    'wall time    1h 00m, along 2 steps',
  );
});

it('says of tokens and money what a budget lets through, and else how many invocations may take them', () => {
  const linesOf = (over: object): string[] =>
    envelopeLines({ ...ENVELOPE, ...over }).filter((line) => /tokens|money/.test(line));
  expect(linesOf({})).toEqual([
    '  tokens       not known, and no budget bounds them: what at most 400 invocations take',
    '  money        not known, and no budget bounds it: what at most 400 invocations take',
  ]);
  expect(linesOf({ tokens: 1_000, cost_usd: 5 })).toEqual([
    '  tokens       at most 1000 by budget',
    '  money        at most $5 by budget',
  ]);
});
