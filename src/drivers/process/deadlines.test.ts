import { describe, expect, it } from 'vitest';
import { createDeadlines } from './deadlines.ts';

const HOUR = 3_600_000;

/** Ticks as promised from `from` until something is due, or until `to`. */
function tick(deadlines: ReturnType<typeof createDeadlines>, from: number, to: number) {
  for (let now = from; now <= to; now += deadlines.tickMs) {
    const due = deadlines.check(now);
    if (due !== null) return { due, now };
  }
  return null;
}

describe('deadlines', () => {
  it('PROC-1: silence is over its limit, words put it off', () => {
    const deadlines = createDeadlines({ idleMs: 8_000, totalMs: null, now: 0 });
    expect(tick(deadlines, 1_000, 7_000)).toBeNull();
    deadlines.touch(7_500);
    expect(tick(deadlines, 8_000, 20_000)).toEqual({ due: 'idle_timeout', now: 16_000 });
  });

  it('PROC-2: words do not put off the total limit, and it counts more where both have passed', () => {
    const deadlines = createDeadlines({ idleMs: 8_000, totalMs: 8_000, now: 0 });
    deadlines.touch(7_900);
    expect(tick(deadlines, 1_000, 20_000)).toEqual({ due: 'total_timeout', now: 8_000 });
    const both = createDeadlines({ idleMs: 8_000, totalMs: 8_000, now: 0 });
    expect(tick(both, 1_000, 20_000)?.due).toBe('total_timeout');
  });

  it('CLK-3: a sleep counts for neither limit, and gives silence one fresh window', () => {
    const deadlines = createDeadlines({ idleMs: 8_000, totalMs: 20_000, now: 0 });
    expect(tick(deadlines, 1_000, 7_000)).toBeNull();
    expect(deadlines.check(3 * HOUR)).toBeNull();
    expect(tick(deadlines, 3 * HOUR + 1_000, 3 * HOUR + 30_000)).toEqual({
      due: 'idle_timeout',
      now: 3 * HOUR + 8_000,
    });
  });

  it('CLK-3: the total limit goes on where it was', () => {
    const deadlines = createDeadlines({ idleMs: null, totalMs: 20_000, now: 0 });
    expect(tick(deadlines, 1_000, 7_000)).toBeNull();
    expect(deadlines.check(3 * HOUR)).toBeNull();
    const end = tick(deadlines, 3 * HOUR + 1_000, 4 * HOUR);
    expect(end).toEqual({ due: 'total_timeout', now: 3 * HOUR + 12_000 });
  });

  it('a tick that is a little late is no sleep', () => {
    const deadlines = createDeadlines({ idleMs: 4_000, totalMs: null, now: 0 });
    expect(deadlines.check(4_100)).toBe('idle_timeout');
  });
});
