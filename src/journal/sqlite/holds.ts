/**
 * Who may append to a run. The lock file says whether somebody holds it, the run's row says who, and the
 * epoch, raised by every claim, keeps out whoever lost it without noticing.
 *
 *   free ──lock, claim (epoch + 1)──▶ held ──clear the row, unlock──▶ free
 *                                      └─────death: the kernel unlocks──▶ free, the row still names the dead
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { HeldError } from '../../core/errors.ts';
import type { Hold, HolderIdentity } from '../journal.ts';
import { isAlive, isReachable, killProcess } from '../process-identity.ts';
import type { ProcessIdentity } from '../process-identity.ts';
import { isLocked, tryLock } from './exclusive-lock.ts';
import type { ExclusiveLock } from './exclusive-lock.ts';
import type { RunTable } from './runs.ts';

/** How long a lock without a recorded holder is waited for: somebody is about to claim, release or just looks. */
const UNSURE_MS = 400;
const KILL_MS = 5_000;
const RETRY_MS = 15;

export interface HoldContext {
  runs: RunTable;
  locks: string;
  host: ProcessIdentity;
  clock: () => Date;
}

/** A hold of this process; `append` accepts it until it was released. */
export class SqliteHold implements Hold {
  readonly runId: string;
  readonly epoch: number;
  readonly tookOver: boolean;
  readonly #lock: ExclusiveLock;
  readonly #runs: RunTable;
  #released = false;

  constructor(
    facts: { runId: string; epoch: number; tookOver: boolean },
    lock: ExclusiveLock,
    runs: RunTable,
  ) {
    this.runId = facts.runId;
    this.epoch = facts.epoch;
    this.tookOver = facts.tookOver;
    this.#lock = lock;
    this.#runs = runs;
  }

  get released(): boolean {
    return this.#released;
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    try {
      // Before the lock is free: afterwards the row belongs to the next holder.
      this.#runs.clearHolder(this.runId, this.epoch);
    } catch {
      // A full disk must not keep anybody from giving a run back. The lock says who holds it; the row, left
      // as it is, makes the next holder look for unfinished work as after a death.
    } finally {
      this.#lock.release();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

/** Becomes the holder, or throws `HeldError` in well under a second. */
export async function takeHold(context: HoldContext, runId: string, takeOver: boolean): Promise<SqliteHold> {
  const path = lockPath(context, runId);
  context.runs.head(runId);
  const unsureUntil = performance.now() + UNSURE_MS;
  let killed = false;
  for (;;) {
    const lock = await tryLock(path);
    if (lock !== null) return claim(context, runId, lock, killed);
    const { identity } = context.runs.holder(runId);
    if (takeOver && !killed) killed = await forceOut(context, identity);
    else if (!killed && identity !== null && isCertain(context, identity)) throw held(runId, identity);
    if (!killed && performance.now() > unsureUntil) throw held(runId, identity);
    if (killed && performance.now() > unsureUntil + KILL_MS) throw held(runId, identity);
    await pause(RETRY_MS + Math.random() * RETRY_MS);
  }
}

/** Who holds the run now; null: nobody. */
export async function readHolder(context: HoldContext, runId: string): Promise<HolderIdentity | null> {
  const { epoch } = context.runs.holder(runId);
  if (epoch === 0) return null; // never held: its lock file may not even be there
  return (await isLocked(lockPath(context, runId))) ? context.runs.holder(runId).identity : null;
}

function lockPath(context: HoldContext, runId: string): string {
  return join(context.locks, `${runId}.lock`);
}

function claim(context: HoldContext, runId: string, lock: ExclusiveLock, killed: boolean): SqliteHold {
  try {
    const before = context.runs.holder(runId).identity;
    context.runs.claim(runId, { ...context.host, since: context.clock().toISOString() });
    const { epoch } = context.runs.holder(runId);
    return new SqliteHold({ runId, epoch, tookOver: killed || before !== null }, lock, context.runs);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The row names a process that we can see alive: it is the one with the lock, no need to wait and look again. */
function isCertain(context: HoldContext, identity: HolderIdentity): boolean {
  return isReachable(identity, context.host) && isAlive(identity);
}

/** Kills the recorded holder, if it is a process that can be told for sure and is not this one. */
async function forceOut(context: HoldContext, identity: HolderIdentity | null): Promise<boolean> {
  if (identity === null || identity.pid === context.host.pid) return false;
  return isCertain(context, identity) && (await killProcess(identity, KILL_MS));
}

function held(runId: string, identity: HolderIdentity | null): HeldError {
  return new HeldError({
    runId,
    pid: identity?.pid ?? null,
    since: identity?.since ?? null,
    host: identity?.host ?? null,
  });
}
