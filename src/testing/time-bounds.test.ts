import { describe, expect, it } from 'vitest';
import { boundMs, within, withinTimes } from './time-bounds.ts';

/** A clock that the work itself moves on: the next number of milliseconds at each try. */
function taking(...tookMs: number[]): { clock: () => number; work: () => number; tried: () => number } {
  let [now, tried] = [0, 0];
  return {
    clock: () => now,
    work: () => {
      now += tookMs[Math.min(tried, tookMs.length - 1)] ?? 0;
      tried += 1;
      return tried;
    },
    tried: () => tried,
  };
}
const HOUR_MS = 3_600_000;

describe('a bound on a duration', () => {
  it('is never narrower than it says, and on a machine that is slower no wider than that is', () => {
    expect(boundMs(1_000)).toBeGreaterThanOrEqual(1_000);
    expect(boundMs(1_000)).toBeLessThan(HOUR_MS);
  });

  it('hands on what the work gave where it was in time, at once or at the third try', async () => {
    const quick = taking(999);
    expect(await within(1_000, quick.work, quick)).toBe(1);
    const interrupted = taking(HOUR_MS, HOUR_MS, 10);
    expect(await within(1_000, interrupted.work, interrupted)).toBe(3);
  });

  it('is missed by what is slow at each try, and says how slow', async () => {
    const slow = taking(HOUR_MS);
    await expect(within(1_000, slow.work, slow)).rejects.toThrow(
      /^it took 3600000, 3600000, 3600000 ms; 1000 ms are allowed on a machine at rest, \d+ ms on this one now$/,
    );
    const once = taking(HOUR_MS, 10);
    await expect(within(1_000, once.work, { clock: once.clock, tries: 1 })).rejects.toThrow(
      'it took 3600000 ms',
    );
    expect([slow.tried(), once.tried()]).toEqual([3, 1]);
  });

  it('can be another piece of work: ten times as much is ten times as long, but not where each looks at all', () => {
    const look = (count: number, each: number) => (): number => {
      let sum = 0;
      for (let i = 0; i < count; i += 1) for (let k = 0; k < each; k += 1) sum += i ^ k;
      return sum;
    };
    withinTimes(30, look(3_000, 3_000), look(30_000, 3_000));
    expect(() => withinTimes(30, look(3_000, 3_000), look(30_000, 30_000))).toThrow(
      /^the large work took [\d.]+, [\d.]+, [\d.]+ times what the small one took; less than 30 times/,
    );
  });
});
