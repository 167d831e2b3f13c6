/**
 * The two time limits of an invocation: how long it may be silent, and how long it may take.
 * A tick that comes far too late means that the machine slept: that time counts for neither limit, and the
 * silence starts anew, since nobody could have said anything.
 */
const SUSPENDED_MS = 5_000;
const SHORTEST_TICK_MS = 10;
const LONGEST_TICK_MS = 1_000;

export interface Deadlines {
  /** How often `check` wants to be called. */
  readonly tickMs: number;
  /** Something was heard. */
  touch(now: number): void;
  /** Which limit has passed; the total one counts more. */
  check(now: number): 'idle_timeout' | 'total_timeout' | null;
}

/** Starts both limits at `now`; null is no limit. */
export function createDeadlines(options: {
  idleMs: number | null;
  totalMs: number | null;
  now: number;
}): Deadlines {
  const idleMs = options.idleMs ?? Infinity;
  const totalMs = options.totalMs ?? Infinity;
  const tickMs = Math.min(LONGEST_TICK_MS, Math.max(SHORTEST_TICK_MS, Math.min(idleMs, totalMs) / 8));
  let asleepMs = 0;
  let lastTick = options.now;
  let lastHeard = options.now;
  return {
    tickMs,
    touch: (now) => {
      lastHeard = now;
    },
    check: (now) => {
      const lateMs = now - lastTick - tickMs;
      lastTick = now;
      if (lateMs > SUSPENDED_MS) {
        asleepMs += lateMs;
        lastHeard = now;
      }
      if (now - options.now - asleepMs >= totalMs) return 'total_timeout';
      return now - lastHeard >= idleMs ? 'idle_timeout' : null;
    },
  };
}
