/** A clock that stands until a test moves it. */
import type { Clock } from '../engine/engine.ts';

interface Sleeper {
  until: number;
  wake: () => void;
}

export class ManualClock implements Clock {
  ms = 0;
  #sleepers: Sleeper[] = [];

  now = (): Date => new Date(Date.UTC(2026, 0, 5, 9) + this.ms);
  monotonicMs = (): number => this.ms;

  sleep = (ms: number, signal: AbortSignal): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    const sleeper = { until: this.ms + ms, wake };
    if (signal.aborted) wake();
    else this.#sleepers.push(sleeper);
    signal.addEventListener('abort', wake, { once: true });
    return promise;
  };

  /** Moves the time on, and lets whoever slept until then go on. */
  async pass(ms: number): Promise<void> {
    this.ms += ms;
    const due = this.#sleepers.filter(({ until }) => until <= this.ms);
    this.#sleepers = this.#sleepers.filter(({ until }) => until > this.ms);
    for (const { wake } of due) wake();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
