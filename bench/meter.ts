/** CPU (user + system), wall time and the largest resident set of this process, over a number of steps. */
import { existsSync } from 'node:fs';

export interface Measured {
  steps: number;
  cpuMsPerStep: number;
  /** The part of it that the kernel took: writes and fsyncs, mostly. */
  systemMsPerStep: number;
  wallMsPerStep: number;
  /** The largest so far in this process. */
  rssMb: number;
}

/** Starts to measure; `name` finds the window again in a log of the process's system calls (see `fsyncs.ts`). */
export function startMeter(name: string): (steps: number) => Measured {
  mark(name, 'start');
  const cpu = process.cpuUsage();
  const wall = performance.now();
  return (steps) => {
    const used = process.cpuUsage(cpu);
    const wallMs = performance.now() - wall;
    mark(name, 'end');
    return {
      steps,
      cpuMsPerStep: (used.user + used.system) / 1_000 / steps,
      systemMsPerStep: used.system / 1_000 / steps,
      wallMsPerStep: wallMs / steps,
      rssMb: process.resourceUsage().maxRSS / 1_024,
    };
  };
}

/** A system call that nothing else makes. */
function mark(name: string, edge: 'start' | 'end'): void {
  existsSync(`/baton-bench/${name}/${edge}`);
}
