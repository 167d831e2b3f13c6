/** Ending what a former holder has left behind, without ever hitting a stranger. */
import { hasMark, isRunning, listProcesses, readBootId, readProcess } from './process-table.ts';
import { createProcessTree, killTree, sendSignal, waitUntil } from './process-tree.ts';

const KILL_DEADLINE_MS = 3_000;

/** Names one process for ever: pids are used again, start times within one boot are not. */
export interface ProcessIdentity {
  pid: number;
  startTime: string;
  bootId: string | null;
}

/** The identity of a running process, for the record; null when it has ended. */
export function identifyProcess(pid: number): ProcessIdentity | null {
  const row = readProcess(pid);
  return row === null ? null : { pid, startTime: row.startTime, bootId: readBootId() };
}

/**
 * Kills the recorded process with its group, session and descendants.
 * `gone`: it had ended, the machine was restarted since, or the pid is another process's now, which is left alone.
 */
export async function killRecorded(identity: ProcessIdentity): Promise<'killed' | 'gone' | 'unkillable'> {
  if (identity.bootId !== readBootId()) return 'gone';
  const current = readProcess(identity.pid);
  if (current === null || current.startTime !== identity.startTime) return 'gone';
  const wasRunning = isRunning(identity);
  const left = await killTree(createProcessTree(identity, `pid-${identity.pid}`));
  if (left.length > 0) return 'unkillable';
  return wasRunning ? 'killed' : 'gone';
}

/** Kills every process that carries this invocation's mark, for a resume after the holder died. Resolves to the pids that are still there. */
export async function killMarked(invocation: string): Promise<number[]> {
  const find = () => listProcesses().filter((row) => row.pid !== process.pid && hasMark(row.pid, invocation));
  await waitUntil(() => {
    const rows = find();
    for (const row of rows) sendSignal(row, 'SIGKILL');
    return rows.length === 0;
  }, KILL_DEADLINE_MS);
  return find().map((row) => row.pid);
}
