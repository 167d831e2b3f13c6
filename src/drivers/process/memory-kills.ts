/** Whether the kernel ended a command because memory had run out: then it is told from one that crashed. */
import { readFileSync } from 'node:fs';

const KILLED_EXIT = 137; // what shells and walls say of a program that KILL has ended

/** How many processes the kernel has ended for want of memory since the machine started; null: it does not say. */
export function countMemoryKills(): number | null {
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1];
    return count === undefined ? null : Number(count);
  } catch {
    return null; // no /proc
  }
}

/**
 * The kernel counts for the whole machine and names nobody, so both have to be true: the command was killed, and the
 * kernel killed for want of memory while it ran.
 */
export function endedForMemory(
  end: { code: number | null; signal: string | null },
  kills: { before: number | null; after: number | null },
): boolean {
  const wasKilled = end.signal === 'SIGKILL' || end.code === KILLED_EXIT;
  return wasKilled && kills.before !== null && kills.after !== null && kills.after > kills.before;
}
