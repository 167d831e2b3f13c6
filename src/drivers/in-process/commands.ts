/** What runs as a process of its own for a tool: behind the run's wall, bounded in time and output, leaving nothing. */
import { homedir } from 'node:os';
import { composeEnvironment } from '../agent-environment.ts';
import { commandMounts } from '../command-words.ts';
import type { WorkOrder } from '../driver.ts';
import type { PrivateFolder } from '../private-folder.ts';
import { SYSTEM_CLOCK } from '../process/clock.ts';
import { runProcess, type ProcessResult } from '../process/run-process.ts';

/** Of what a command printed: about eight thousand tokens. */
const MAX_SHOWN_BYTES = 30_000;
const MAX_OUTPUT_BYTES = 50 * 1024 * 1024;
/** Between asking to end and killing: whoever cancels does not want to wait. */
const GRACE_MS = 500;
const ALIVE_MS = 500;

export interface CommandPlace {
  order: WorkOrder;
  folder: PrivateFolder;
  /** Names of variables that commands may see: no key of a provider unless somebody named it. */
  env: readonly string[];
  environment: Readonly<Record<string, string | undefined>>;
  network: boolean;
  signal: AbortSignal;
  /** Told again and again while a command runs: it has a time limit of its own. */
  alive: () => void;
  /** Processes that could not be ended: nothing may go on beside them. */
  onLeftovers: (pids: number[]) => void;
}

/** What a command printed and how it ended, as text for the model. */
export async function runCommand(
  place: CommandPlace,
  words: readonly [string, ...string[]],
  options: { timeoutMs: number; mayWrite: boolean },
): Promise<string> {
  const { order, folder, environment } = place;
  const { dir } = order.workspace;
  const [file, ...args] = words;
  const env = composeEnvironment({ environment, names: place.env, ...folder });
  const mounts = commandMounts(words.slice(0, 1), {
    path: env['PATH'] ?? '',
    home: environment['HOME'] ?? homedir(),
  });
  using _alive = every(ALIVE_MS, place.alive);
  await using result = await runProcess({
    invocation: order.invocationId,
    file,
    args,
    cwd: dir,
    env,
    stdin: null,
    wall: order.wall,
    readable: options.mayWrite ? mounts : [...mounts, dir],
    writable: options.mayWrite ? [folder.dir, dir] : [folder.dir],
    network: place.network,
    idleTimeoutMs: null,
    totalTimeoutMs: options.timeoutMs,
    maxOutputBytes: Math.min(order.maxOutputBytes, MAX_OUTPUT_BYTES),
    graceMs: GRACE_MS,
    signal: place.signal,
  });
  if (result.leftovers.length > 0) place.onLeftovers(result.leftovers);
  return describe(result, options.timeoutMs);
}

function every(ms: number, tick: () => void): Disposable {
  const end = SYSTEM_CLOCK.every(ms, tick);
  return { [Symbol.dispose]: end };
}

async function describe(result: ProcessResult, timeoutMs: number): Promise<string> {
  const [stdout, stderr] = await Promise.all(
    [result.stdout, result.stderr].map(async (stream) =>
      new TextDecoder().decode(await stream.read(MAX_SHOWN_BYTES)).trimEnd(),
    ),
  );
  const said = [stdout, stderr].filter((text) => text !== '').join('\n');
  return `${said === '' ? '' : `${said}\n`}[${endWords(result, timeoutMs)}]`;
}

function endWords({ end }: ProcessResult, timeoutMs: number): string {
  switch (end.kind) {
    case 'exited':
      return end.code === null ? `ended by ${end.signal ?? 'a signal'}` : `exit code ${end.code}`;
    case 'not_started':
      return end.detail;
    case 'total_timeout':
    case 'idle_timeout':
      return `ended after its ${timeoutMs / 1_000} seconds`;
    case 'output_limit':
      return 'ended: it printed too much';
    case 'cancelled':
      return 'cancelled';
    case 'oom_killed':
      return 'ended by the kernel: memory had run out';
  }
}
