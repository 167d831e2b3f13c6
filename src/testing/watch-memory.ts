/** How much the resident memory of this process rises, for tests: the peak since the start of the watch, not of the process. */
import { readFileSync, writeFileSync } from 'node:fs';

export interface MemoryWatch {
  /** From what it held at the start to the most that it has held since. */
  roseMiB(): number;
}

export function watchMemory(): MemoryWatch {
  try {
    /** The kernel forgets the highest mark so far. */
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // no such system: then only a new peak of the process is seen
    const peak = process.resourceUsage().maxRSS;
    return { roseMiB: () => (process.resourceUsage().maxRSS - peak) / 1024 };
  }
  const before = readKiB('VmRSS');
  return { roseMiB: () => (readKiB('VmHWM') - before) / 1024 };
}

function readKiB(field: 'VmRSS' | 'VmHWM'): number {
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0);
}
