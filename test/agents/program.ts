/** The processes of the agent program that is at work, found by their arguments, and signalled by their pids. */
import { readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readProcess } from '../../src/drivers/process/process-table.ts';
import { findProcesses } from '../../src/drivers/testing/process-search.ts';
import { loadProfile } from '../../src/definitions/load-profiles.ts';
import { readPlace } from './place.ts';

let times = 0;

/** How often a signal was sent, over all cases. */
export function timesSignalled(): number {
  return times;
}

/** Throws where there is none: a case that did nothing must not pass. */
export function signalProgram(signal: NodeJS.Signals): void {
  const { name, bin } = readPlace();
  const { profile } = loadProfile(join(import.meta.dirname, `../../profiles/${name}.yaml`));
  const path = join(bin, profile?.command[0] ?? '');
  const pids = findProcesses(path).filter((pid) => !isWall(pid) && isOurs(pid));
  if (pids.length === 0) throw new Error(`No process of ${path} is there to be signalled.`);
  for (const pid of pids) process.kill(pid, signal);
  times += 1;
}

/** The wall's own processes have the program among their arguments. */
function isWall(pid: number): boolean {
  return basename(readlinkSync(`/proc/${pid}/exe`)).startsWith('bwrap');
}

/** Another run of the same program may be under way on this machine. */
function isOurs(pid: number): boolean {
  if (pid === process.pid) return true;
  const parent = readProcess(pid)?.parent ?? 0;
  return parent > 0 && isOurs(parent);
}
