/** A clock for time limits: it only goes forward, whatever happens to the time of day. */
export interface MonotonicClock {
  /** Milliseconds since some fixed point. */
  now(): number;
  /** Calls `tick` about every `ms`; the returned function ends that. */
  every(ms: number, tick: () => void): () => void;
}

/** The machine's monotonic clock. */
export const SYSTEM_CLOCK: MonotonicClock = {
  now: () => performance.now(),
  every: (ms, tick) => {
    const timer = setInterval(tick, ms);
    return () => {
      clearInterval(timer);
    };
  },
};
