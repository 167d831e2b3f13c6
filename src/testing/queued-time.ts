/** What a busy machine adds to a process's time, so that a test of a duration does not measure the neighbours. */
import { readFileSync } from 'node:fs';

/** Milliseconds that a process (its main thread) was ready so far and waited for a processor; 0 where the kernel does not tell. */
export function queuedMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1_000_000;
  } catch {
    return 0; // no such file here, or the process is gone
  }
}
