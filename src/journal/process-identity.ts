/**
 * Which process is meant, beyond its pid: pids are used again, and pid namespaces have their own.
 * Where /proc is missing (macOS) the start time is unknown, and a process is then never killed by pid alone.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { HolderIdentity } from './journal.ts';

/** A process without the time since when it holds something. */
export type ProcessIdentity = Omit<HolderIdentity, 'since'>;

/** Describes this process; `host` is the machine's name. */
export function readOwnIdentity(host: string): ProcessIdentity {
  return {
    pid: process.pid,
    startTime: readStat(process.pid)?.startTime ?? null,
    pidNamespace: attempt(() => readlinkSync('/proc/self/ns/pid')),
    bootId: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    host,
  };
}

/** Whether `holder` can be checked and signalled from here: same machine, same boot, same pid namespace, known start. */
export function isReachable(holder: ProcessIdentity, self: ProcessIdentity): boolean {
  if (holder.startTime === null || holder.pidNamespace === null || holder.bootId === null) return false;
  return (
    holder.host === self.host && holder.bootId === self.bootId && holder.pidNamespace === self.pidNamespace
  );
}

/** Whether that very process still runs. A zombie counts as dead, and so does another process with its pid. */
export function isAlive(holder: ProcessIdentity): boolean {
  const stat = readStat(holder.pid);
  return stat !== null && stat.startTime === holder.startTime && stat.state !== 'Z' && stat.state !== 'X';
}

/** Kills that very process and waits until it is gone; false: it still runs at the deadline. */
export async function killProcess(holder: ProcessIdentity, deadlineMs: number): Promise<boolean> {
  if (!isAlive(holder)) return true;
  attempt(() => process.kill(holder.pid, 'SIGKILL'));
  const end = performance.now() + deadlineMs;
  while (isAlive(holder)) {
    if (performance.now() > end) return false;
    await pause(5);
  }
  return true;
}

function readStat(pid: number): { state: string; startTime: string } | null {
  const text = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (text === null) return null;
  // The name in parentheses may hold anything, also spaces and parentheses: fields count from the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const startTime = fields[19];
  return state === undefined || startTime === undefined ? null : { state, startTime };
}

/** null instead of an error: the process or /proc itself may be missing. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
