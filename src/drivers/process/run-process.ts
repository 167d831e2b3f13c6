/**
 * Runs one command to its end and leaves nothing of it behind.
 *
 *   launch ──▶ running ──exit─────────────────▶ clear what it left ──▶ drain ──▶ result
 *                 └──limit, time-out, cancel──▶ end the whole tree ──▶ drain ──▶ result
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Readable, Writable } from 'node:stream';
import { SYSTEM_CLOCK } from './clock.ts';
import type { MonotonicClock } from './clock.ts';
import type { ProcessIdentity } from './kill-recorded.ts';
import { launch } from './launch.ts';
import type { LaunchOrder, Launched } from './launch.ts';
import type { GroupPlace } from '../../workspace/wall/group-places.ts';
import { openControlGroup, type GroupLimits } from '../../workspace/wall/control-group.ts';
import { countMemoryKills, endedForMemory } from './memory-kills.ts';
import { OutputCapture } from './output-capture.ts';
import { childrenOf, isAlive, isRunning } from './process-table.ts';
import { createProcessTree, endTree, killTree, sendSignal, waitUntil } from './process-tree.ts';
import type { ProcessTree } from './process-tree.ts';
import { startStopWatch } from './stop-watch.ts';
import type { StopReason } from './stop-watch.ts';

const DEFAULT_GRACE_MS = 5_000;
const STDERR_TAIL_BYTES = 64 * 1024;
/** How long the pipes of dead processes may take to run dry. */
const DRAIN_MS = 5_000;
/** How often a tree without a wall is looked at, so that whoever breaks away later is known. */
const OBSERVE_MS = 1_000;

export interface ProcessOrder extends Omit<LaunchOrder, 'entry'> {
  /** Of all its processes together, where the system lets Baton hold them; absent: the usual. */
  limits?: GroupLimits;
  /** Where its control group is made; absent: where this machine lets it. */
  places?: readonly GroupPlace[];
  /** All of it, nothing, or whoever goes on writing to it as long as the process lives. */
  stdin: string | Uint8Array | null | ((stdin: Writable) => void);
  /** Longest silence on stdout and stderr; null: no limit. */
  idleTimeoutMs: number | null;
  totalTimeoutMs: number | null;
  /** Between TERM and KILL. */
  graceMs?: number;
  /** Of stdout and of stderr, each; past that the command is ended. */
  maxOutputBytes: number;
  /** No more is read until what it returns has settled. */
  onStdout?: (chunk: Uint8Array) => void | Promise<void>;
  onStderr?: (chunk: Uint8Array) => void;
  /** For a record that a later holder can use with `killRecorded`. */
  onSpawn?: (identity: ProcessIdentity) => void;
  clock?: MonotonicClock;
  /** Aborted by whoever reads along, where it is more than that bears: the command is ended as one that wrote too much. */
  tooMuch?: AbortSignal;
  signal: AbortSignal;
}

export type ProcessEnd =
  | { kind: 'exited'; code: number | null; signal: string | null }
  | { kind: StopReason }
  /** The kernel ended it, or what it waited for, because memory had run out. */
  | { kind: 'oom_killed' }
  | { kind: 'not_started'; detail: string; hopeless?: true };

export interface ProcessResult extends AsyncDisposable {
  end: ProcessEnd;
  /** Readable until the result is disposed. */
  stdout: OutputCapture;
  stderr: OutputCapture;
  /** Pids that could not be ended; empty where nothing is left. */
  leftovers: number[];
  durationMs: number;
}

/** Never throws for what the command does. When it resolves, no process of it is left but `leftovers`. */
export async function runProcess(order: ProcessOrder): Promise<ProcessResult> {
  const clock = order.clock ?? SYSTEM_CLOCK;
  const startMs = clock.now();
  const stdout = new OutputCapture(order.maxOutputBytes);
  const stderr = new OutputCapture(order.maxOutputBytes, STDERR_TAIL_BYTES);
  const finish = (end: ProcessEnd, leftovers: number[]): ProcessResult => ({
    end,
    stdout,
    stderr,
    leftovers,
    durationMs: clock.now() - startMs,
    [Symbol.asyncDispose]: async () => {
      await stdout[Symbol.asyncDispose]();
      await stderr[Symbol.asyncDispose]();
    },
  });
  if (order.signal.aborted) return finish({ kind: 'cancelled' }, []);
  const group = openControlGroup(order.limits, order.places);
  const killsBefore = countMemoryKills();
  const launched = await launch({ ...order, entry: group?.words(order.env) ?? [] });
  if (launched.kind === 'not_started') {
    await group?.end();
    return finish(launched, []);
  }
  const { end, leftovers } = await superviseProcess(order, launched, { clock, stdout, stderr });
  // The group knows its own; without one the kernel only counts for the whole machine.
  const own = group?.memoryKills() ?? null;
  const kills = own === null ? { before: killsBefore, after: countMemoryKills() } : { before: 0, after: own };
  const stayed = (await group?.end()) ?? [];
  const isOutOfMemory = end.kind === 'exited' && endedForMemory(end, kills);
  return finish(isOutOfMemory ? { kind: 'oom_killed' } : nameStartFailure(end, order, stderr), [
    ...new Set([...leftovers, ...stayed]),
  ]);
}

async function superviseProcess(
  order: ProcessOrder,
  launched: Launched,
  parts: { clock: MonotonicClock; stdout: OutputCapture; stderr: OutputCapture },
): Promise<{ end: ProcessEnd; leftovers: number[] }> {
  const { child, identity } = launched;
  const { clock, stdout, stderr } = parts;
  const exited = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ kind: 'exited', code, signal });
    });
  });
  order.onSpawn?.(identity);
  const tree = createProcessTree(identity, order.invocation);
  const limits = { idleMs: order.idleTimeoutMs, totalMs: order.totalTimeoutMs, signal: order.signal };
  using watch = startStopWatch({ clock, ...limits });
  const read = (
    stream: Readable,
    capture: OutputCapture,
    onChunk?: (chunk: Uint8Array) => void | Promise<void>,
  ) =>
    pump(stream, capture, (chunk) => {
      watch.touch();
      if (capture.overLimit) watch.stop('output_limit');
      return onChunk?.(chunk);
    });
  const drained = Promise.all([
    read(launched.stdout, stdout, order.onStdout),
    read(launched.stderr, stderr, order.onStderr),
  ]);
  const endObserving = order.wall.kind === 'off' ? clock.every(OBSERVE_MS, () => tree.note()) : null;
  const stopForMuch = (): void => watch.stop('output_limit');
  order.tooMuch?.addEventListener('abort', stopForMuch, { once: true });
  feed(launched.stdin, order.stdin);

  const first = await Promise.race([exited, watch.stopped]);
  endObserving?.();
  order.tooMuch?.removeEventListener('abort', stopForMuch);
  const leftovers = await endEverything(order, launched, tree, first);
  await within(drained, DRAIN_MS);
  for (const stream of [launched.stdin, launched.stdout, launched.stderr]) stream.destroy();
  launched.release();
  if (first.kind !== 'exited') await within(exited, DRAIN_MS);
  const isTooMuch = stdout.overLimit || stderr.overLimit || order.tooMuch?.aborted === true;
  return { end: isTooMuch ? preferLimit(first) : first, leftovers };
}

/** A command that ended by itself may have written more than allowed in its last moment. */
function preferLimit(end: ProcessEnd): ProcessEnd {
  return end.kind === 'exited' ? { kind: 'output_limit' } : end;
}

async function endEverything(
  order: ProcessOrder,
  launched: Launched,
  tree: ProcessTree,
  end: ProcessEnd,
): Promise<number[]> {
  const isWalled = order.wall.kind !== 'off';
  if (end.kind !== 'exited') {
    // The wall's own outer process would take everything down at once, without any grace for the agent.
    const spare = new Set(isWalled ? [launched.identity.pid] : []);
    const left = await endTree(tree, order.graceMs ?? DEFAULT_GRACE_MS, spare);
    return isWalled ? [...new Set([...left, ...(await endSandbox(launched))])] : left;
  }
  return isWalled ? endSandbox(launched) : killTree(tree);
}

/** The first process of a pid namespace takes all others with it; the kernel removes it only after them. */
async function endSandbox(launched: Launched): Promise<number[]> {
  const init = await within(launched.sandboxInit, DRAIN_MS);
  if (init === null || init === undefined) return [];
  const isGone = await waitUntil(() => {
    if (!isRunning(init)) return true;
    sendSignal(init, 'SIGKILL');
    return false;
  }, DRAIN_MS);
  // It waits for whoever cannot be ended: that one is meant.
  return isGone ? [] : [init, ...childrenOf(init.pid).filter(isAlive)].map(({ pid }) => pid);
}

/** Reads at the pace of the disk: the pipe makes a command that is faster than that wait. */
async function pump(
  stream: Readable,
  capture: OutputCapture,
  onChunk: (chunk: Buffer) => void | Promise<void>,
): Promise<void> {
  try {
    for await (const chunk of stream) {
      const bytes = chunk as Buffer; // no encoding is set on these streams
      await capture.write(bytes);
      await onChunk(bytes);
    }
  } catch {
    // The stream was closed on purpose after its processes had ended; what was read stays.
  }
}

/** A command may close its stdin unread: that is its affair. */
function feed(stdin: Writable, input: ProcessOrder['stdin']): void {
  stdin.on('error', () => undefined);
  if (typeof input === 'function') input(stdin);
  else if (input === null) stdin.end();
  else stdin.end(input);
}

/** The value, or undefined when it takes longer. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const timer = new AbortController();
  const late = sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}

/** Wrappers start the program after they were started themselves; when that fails they say so and end. */
function nameStartFailure(end: ProcessEnd, order: ProcessOrder, stderr: OutputCapture): ProcessEnd {
  if (end.kind !== 'exited' || end.code === 0 || stderr.totalBytes > 4_096) return end;
  const text = Buffer.from(stderr.tail()).toString().trim();
  const failure = /^(?:bwrap|setpriv|prlimit|choom|baton-relay|baton-group): (.+)$/.exec(text)?.[1];
  return failure === undefined
    ? end
    : { kind: 'not_started', detail: `${order.file} could not be started: ${failure}.` };
}
