/**
 * Bounds of tests on durations. What a test says holds on a machine at rest; where this one is slower now, which shows in
 * how long it takes to start Node with nothing in it, the bound is wider by as much. It is never narrower.
 */
import { spawnSync } from 'node:child_process';
import { queuedMs } from './queued-time.ts';

/** What a bare start takes on a machine at rest: 45 to 60 ms on two virtual cores. */
const REFERENCE_MS = 50;
const STARTS = 3;
const TRIES = 3;

/** How many times slower this machine is now than one at rest, by the best of a few bare starts of Node; 1 or more. */
function slowness(): number {
  const times = Array.from({ length: STARTS }, () => {
    const since = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    return performance.now() - since;
  });
  return Math.max(1, Math.min(...times) / REFERENCE_MS);
}

/** The bound for what has just been measured, in milliseconds: `restMs` on a machine at rest. */
export function boundMs(restMs: number): number {
  return restMs * slowness();
}

/** Milliseconds on the wall, without what the main thread of this process waited for a processor. */
export const wallMs = (): number => performance.now() - queuedMs(process.pid);

/** Milliseconds that this process had a processor: for work that waits for nobody. */
export const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

export interface Measure {
  /** By default `wallMs`. */
  clock?: () => number;
  /** 1 for what cannot be done twice. By default the best of three counts: what is slow by itself is slow each time. */
  tries?: number;
}

/** Does the work and hands on what it gave; throws where it takes `restMs` or more, on a machine at rest, at each try. */
export async function within<T>(
  restMs: number,
  work: () => T | Promise<T>,
  { clock = wallMs, tries = TRIES }: Measure = {},
): Promise<T> {
  const took: string[] = [];
  let slowest = slowness();
  for (;;) {
    const since = clock();
    const value = await work();
    const tookMs = clock() - since;
    if (tookMs < restMs) return value;
    // The neighbours may have begun, or ended, while it was at work.
    slowest = Math.max(slowest, slowness());
    if (tookMs < restMs * slowest) return value;
    took.push(tookMs.toFixed(0));
    if (took.length === tries)
      throw new Error(
        `it took ${took.join(', ')} ms; ${restMs} ms are allowed on a machine at rest, ${(restMs * slowest).toFixed(0)} ms on this one now`,
      );
  }
}

/** Throws where the large piece of work takes `times` or more of the processor's time of the small one, at each of three tries. */
export function withinTimes(times: number, small: () => unknown, large: () => unknown): void {
  const costOf = (work: () => unknown): number => {
    const since = cpuMs();
    work();
    return cpuMs() - since;
  };
  costOf(small); // compiled by then
  const seen: string[] = [];
  while (seen.length < TRIES) {
    const ratio = costOf(large) / costOf(small);
    if (ratio < times) return;
    seen.push(ratio.toFixed(1));
  }
  throw new Error(
    `the large work took ${seen.join(', ')} times what the small one took; less than ${times} times is allowed`,
  );
}
