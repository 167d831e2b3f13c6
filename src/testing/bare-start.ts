/** What this machine takes now to start Node with nothing in it: a measure of how busy it is, for tests of durations. */
import { spawnSync } from 'node:child_process';

const TRIES = 3;

/** Milliseconds, the best of three. */
export function bareStartMs(): number {
  const times = Array.from({ length: TRIES }, () => {
    const since = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    return performance.now() - since;
  });
  return Math.min(...times);
}
