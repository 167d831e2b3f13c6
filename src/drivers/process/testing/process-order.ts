/** Process orders with small limits, for tests. */
import { randomUUID } from 'node:crypto';
import { NO_WALL } from '../../../workspace/wall/open-wall.ts';
import type { ProcessOrder } from '../run-process.ts';

/** Runs a shell script; whatever matters to a test is changed there. */
export function makeProcessOrder(script: string, changes: Partial<ProcessOrder> = {}): ProcessOrder {
  return {
    invocation: `test/${randomUUID()}`,
    file: 'sh',
    args: ['-c', script],
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    stdin: null,
    wall: NO_WALL,
    readable: [],
    writable: [],
    network: false,
    idleTimeoutMs: null,
    totalTimeoutMs: 30_000,
    graceMs: 300,
    maxOutputBytes: 1024 * 1024,
    signal: new AbortController().signal,
    ...changes,
  };
}
