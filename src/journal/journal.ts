/**
 * The store port. The journal is the run: state is a fold over it, and nothing else is truth.
 * Every implementation passes `journal.contract.ts`.
 */
import type { IntegrityError } from '../core/errors.ts';
import type { JournalEvent, RunEvent } from '../core/events.ts';
import type { Hash } from '../core/results.ts';
import type { CleanUp, Effort, RunStatus } from '../core/words.ts';

/** The right to append to one run. Ends by `release()`, by death of the process, or by being fenced. */
export interface Hold extends AsyncDisposable {
  readonly runId: string;
  /** Rises by one with every holder. An append under an older epoch is refused. */
  readonly epoch: number;
  /** True where the former holder was forced out or had died without releasing. */
  readonly tookOver: boolean;
  /** Gives the run back. May be called twice. */
  release(): Promise<void>;
}

export interface HolderIdentity {
  pid: number;
  /** Start time from /proc/<pid>/stat (clock ticks) where there is one: a re-used pid is another process. */
  startTime: string | null;
  /** inode of /proc/<pid>/ns/pid where there is one. */
  pidNamespace: string | null;
  bootId: string | null;
  host: string;
  since: string;
}

/** A stored, content-addressed output. The hash is sha256 over the bytes. */
export interface Artifact {
  hash: Hash;
  /** requirements, plan, report, log, diff, raw, snapshot, … */
  kind: string;
  body: Uint8Array;
}

export interface AppendRequest {
  hold: Hold;
  /** Sequence of the last event that the caller has seen; 0 for an empty run. */
  expectedSeq: number;
  events: RunEvent[];
  /** Become durable in the same transaction, or before it where they are large. Storing one twice is harmless. */
  artifacts: Artifact[];
  /** Inbox messages that these events answer; marked as journaled in the same transaction. */
  consumed: number[];
  /** What listings show without folding. */
  summary: RunSummary;
}

export interface RunSummary {
  status: RunStatus;
  reason: string;
  phase: string | null;
  /** Settled and all steps. */
  progress: { settled: number; total: number };
}

export interface RunRow extends RunSummary {
  runId: string;
  workflow: string;
  request: string;
  createdAt: string;
  updatedAt: string;
  seq: number;
  epoch: number;
  head: Hash;
}

/** A durable message of a person, waiting for the holder to journal it. */
export type InboxMessage =
  | {
      kind: 'answer';
      questionId: string;
      option: string;
      text: string;
      name: string;
      via: 'cli' | 'terminal' | 'console' | 'api' | 'mcp' | 'flag';
    }
  | {
      kind: 'cancel';
      reason: string;
      /** What becomes of what the run made; left out: everything is kept. */
      cleanUp?: CleanUp;
      name: string;
      via: 'cli' | 'terminal' | 'console' | 'api' | 'mcp' | 'flag';
    }
  | {
      kind: 'follow';
      /** null: no longer. */
      forMs: number | null;
      name: string;
      via: 'cli' | 'terminal' | 'console' | 'api' | 'mcp' | 'flag';
    }
  | {
      kind: 'effort';
      tier: Effort;
      name: string;
      via: 'cli' | 'terminal' | 'console' | 'api' | 'mcp' | 'flag';
    };

export interface InboxRow {
  id: number;
  at: string;
  message: InboxMessage;
}

export interface VerifyReport {
  ok: boolean;
  events: number;
  head: Hash;
  /** The first broken place; null when whole. */
  problem: { seq: number; detail: string; cut?: true } | null;
  /**
   * Whether the head was compared with something outside the store. false: "chain consistent, not
   * anchored"; a store that was rolled back as a whole, or rewritten from some event on, looks like that too.
   */
  anchored: boolean;
}

export interface Journal extends AsyncDisposable {
  /** Adds an empty run. Throws E_STORE when the id exists. */
  createRun(run: { runId: string; workflow: string; request: string; at: string }): Promise<void>;

  /**
   * Becomes the run's holder and raises the epoch. Throws `HeldError` at once (< 1 s) while another
   * process holds it. With `takeOver` the recorded holder is killed first, if it is still that process.
   * A run whose holder died is free at once.
   */
  hold(runId: string, options: { takeOver: boolean }): Promise<Hold>;

  /** Who holds the run now; null: nobody. Never blocks and never takes the hold. */
  holder(runId: string): Promise<HolderIdentity | null>;

  /**
   * Compare-and-append, all or nothing, durable when it returns.
   * Throws `FencedError` when the epoch is no longer the hold's or the sequence moved,
   * E_UNREAD_MESSAGE (retryable) when it would end the run over a message that nobody has read: so no
   * acknowledged answer or cancellation is lost,
   * E_DISK_FULL / E_DISK_IO when the disk refuses: then nothing was written and the hold still stands.
   */
  append(request: AppendRequest): Promise<JournalEvent[]>;

  /**
   * Gives what the store keeps in reserve back to the disk, so that one more small append may find room on a full
   * one. May be called again; the next hold puts the reserve back where it can.
   */
  makeRoom(): Promise<void>;

  /** Events from `fromSeq` (1 = all), in order, checked against the hash chain: throws `IntegrityError`. */
  read(runId: string, fromSeq: number): Promise<JournalEvent[]>;

  /**
   * For looking at a damaged run: its events up to the first one that the chain does not vouch for, and what is wrong there.
   * With `limit` no more than so many, and what lies behind them is not looked at.
   */
  readIntact(
    runId: string,
    limit?: number,
  ): Promise<{ events: JournalEvent[]; damage: IntegrityError | null }>;

  /** Like `read` without the check, for looking at a damaged run; unreadable rows come as null. */
  readDamaged(runId: string): Promise<({ seq: number; body: string } | null)[]>;

  verify(runId: string): Promise<VerifyReport>;

  getArtifact(runId: string, hash: Hash): Promise<Artifact | null>;

  /** Newest first. `prefix` selects ids that start with it. */
  listRuns(query: { limit: number; prefix: string }): Promise<RunRow[]>;
  /** Runs that have events and no row: somebody took the row out. */
  listOrphans(): Promise<string[]>;
  getRun(runId: string): Promise<RunRow | null>;

  /**
   * Leaves an answer or a cancellation. Needs no hold; throws E_RUN_ENDED where the run has ended, and E_QUESTION
   * for an option that the question does not have. For an answer the first one per question wins: a later one throws
   * E_ANSWERED naming the winner.
   */
  post(runId: string, message: InboxMessage): Promise<InboxRow>;
  /** Messages that no append has consumed, oldest first. */
  pending(runId: string): Promise<InboxRow[]>;

  /** Resolves when something new is in the journal or inbox of the run, or after `maxWaitMs`. Missing a change is allowed only up to `maxWaitMs`. */
  waitForChange(
    runId: string,
    since: { seq: number; inboxId: number },
    maxWaitMs: number,
    signal: AbortSignal,
  ): Promise<void>;
}
