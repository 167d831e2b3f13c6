/** Waits for the first reason to end a process: a time limit, too much output, or somebody's wish. */
import type { MonotonicClock } from './clock.ts';
import { createDeadlines } from './deadlines.ts';

export type StopReason = 'idle_timeout' | 'total_timeout' | 'output_limit' | 'cancelled';

export interface StopWatch extends Disposable {
  /** Resolves with the first reason; stays open while there is none. */
  readonly stopped: Promise<{ kind: StopReason }>;
  touch(): void;
  stop(reason: StopReason): void;
}

/** Runs until it is disposed. */
export function startStopWatch(options: {
  clock: MonotonicClock;
  idleMs: number | null;
  totalMs: number | null;
  signal: AbortSignal;
}): StopWatch {
  const { clock, signal } = options;
  const { promise, resolve } = Promise.withResolvers<{ kind: StopReason }>();
  const deadlines = createDeadlines({ ...options, now: clock.now() });
  const cancel = () => {
    resolve({ kind: 'cancelled' });
  };
  const endTicks = clock.every(deadlines.tickMs, () => {
    const reason = deadlines.check(clock.now());
    if (reason !== null) resolve({ kind: reason });
  });
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  return {
    stopped: promise,
    touch: () => {
      deadlines.touch(clock.now());
    },
    stop: (kind) => {
      resolve({ kind });
    },
    [Symbol.dispose]: () => {
      endTicks();
      signal.removeEventListener('abort', cancel);
    },
  };
}
