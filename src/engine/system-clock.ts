/** The machine's clocks. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from './engine.ts';

export const SYSTEM_CLOCK: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await sleep(ms, undefined, { signal });
    } catch {
      // Aborted: the caller looks at its signal.
    }
  },
};
