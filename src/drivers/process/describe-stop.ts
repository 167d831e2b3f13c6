/** What stands in an outcome where a process did not end by itself, or left others behind. */
import type { FailureReason } from '../../core/words.ts';
import { readProcess } from './process-table.ts';
import type { ProcessEnd } from './run-process.ts';

export interface Stopped {
  reason: FailureReason;
  detail: string;
  /** Another attempt would end in the same way. */
  hopeless?: true;
}

/** What it was allowed, in milliseconds and bytes. */
export interface Allowed {
  idleTimeoutMs: number;
  totalTimeoutMs: number;
  maxOutputBytes: number;
}

/** null: it ended by itself, and what it said says how. */
export function describeStop(end: ProcessEnd, allowed: Allowed): Stopped | null {
  switch (end.kind) {
    case 'exited':
      return null;
    case 'not_started':
      return { reason: end.kind, detail: end.detail, ...(end.hopeless && { hopeless: true }) };
    case 'idle_timeout':
      return { reason: end.kind, detail: `It said nothing for ${allowed.idleTimeoutMs} ms.` };
    case 'total_timeout':
      return { reason: end.kind, detail: `It was not done after ${allowed.totalTimeoutMs} ms.` };
    case 'output_limit':
      return { reason: end.kind, detail: `It wrote more than ${allowed.maxOutputBytes} bytes.` };
    case 'cancelled':
      return { reason: end.kind, detail: 'It was asked to stop.' };
    case 'oom_killed':
      return { reason: end.kind, detail: 'The kernel ended it because memory had run out.' };
  }
}

/** With what the kernel says of each: no signal ends an uninterruptible sleep. */
export function namePids(pids: readonly number[]): string {
  const name = (pid: number): string =>
    readProcess(pid)?.state === 'D' ? `${pid} (in uninterruptible sleep)` : String(pid);
  return pids.map(name).join(', ');
}

/** Whatever it handed in, nothing counts beside something that still runs. null: nothing does. */
export function describeLeftovers(pids: readonly number[]): Stopped | null {
  if (pids.length === 0) return null;
  return { reason: 'leftover_processes', detail: `Unkillable processes are left: ${namePids(pids)}.` };
}
