/** `RunCommand` over real processes. */
import { randomUUID } from 'node:crypto';
import { namePids } from '../drivers/process/describe-stop.ts';
import { PART } from '../drivers/process/process-table.ts';
import { runProcess } from '../drivers/process/run-process.ts';
import type { ProcessResult } from '../drivers/process/run-process.ts';
import type { CommandEnd, CommandOrder, RunCommand } from './run-command.ts';

const KEPT_BYTES = 512 * 1024;
const OUT_OF_MEMORY = 'the kernel, because memory had run out';

/** Starts processes behind the order's wall and ends their whole tree. */
export function createRunCommand(): RunCommand {
  return async (order, signal) => {
    const { owner, maxOutputBytes, timeoutMs, ...launch } = order;
    await using result = await runProcess({
      ...launch,
      // Gates of one pass run side by side: each needs a mark of its own.
      invocation: `${owner}${PART}${randomUUID()}`,
      stdin: null,
      idleTimeoutMs: null,
      totalTimeoutMs: timeoutMs,
      maxOutputBytes,
      signal,
    });
    if (result.end.kind === 'cancelled') signal.throwIfAborted();
    return describeEnd(result, order);
  };
}

async function describeEnd(result: ProcessResult, order: CommandOrder): Promise<CommandEnd> {
  const { end, leftovers } = result;
  const stuck = leftovers.length === 0 ? null : `processes could not be ended: ${namePids(leftovers)}`;
  return {
    exit: end.kind === 'exited' ? end.code : null,
    signal: end.kind === 'exited' ? end.signal : end.kind === 'oom_killed' ? OUT_OF_MEMORY : null,
    timedOut: end.kind === 'total_timeout' || end.kind === 'idle_timeout',
    tooMuchOutput: end.kind === 'output_limit',
    notStarted: end.kind === 'not_started' ? end.detail : stuck,
    stdout: decode(await result.stdout.read(Math.min(order.maxOutputBytes, KEPT_BYTES))),
    stderr: decode(await result.stderr.read(Math.min(order.maxOutputBytes, KEPT_BYTES))),
    bytes: result.stdout.totalBytes + result.stderr.totalBytes,
  };
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
