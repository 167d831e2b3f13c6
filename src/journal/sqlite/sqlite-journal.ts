/** The journal over one SQLite connection. Every method is one short, synchronous piece of SQL inside. */
import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import { BatonError, FencedError, IntegrityError } from '../../core/errors.ts';
import type { JournalEvent } from '../../core/events.ts';
import type { Question } from '../../core/records.ts';
import type { Hash } from '../../core/results.ts';
import type {
  AppendRequest,
  Artifact,
  Hold,
  HolderIdentity,
  InboxMessage,
  InboxRow,
  Journal,
  RunRow,
  VerifyReport,
} from '../journal.ts';
import type { ProcessIdentity } from '../process-identity.ts';
import { openArtifactTable } from './artifacts.ts';
import { FINAL_STATUSES, type RunStatus } from '../../core/words.ts';
import type { ArtifactTable } from './artifacts.ts';
import { translateError } from './disk-errors.ts';
import { openEventTable } from './events.ts';
import type { EventTable } from './events.ts';
import { SqliteHold, readHolder, takeHold } from './holds.ts';
import type { HoldContext } from './holds.ts';
import { openInboxTable } from './inbox.ts';
import type { InboxTable } from './inbox.ts';
import { giveReserve, keepReserve } from './reserve.ts';
import { openRunTable, runNotFound } from './runs.ts';
import type { RunTable } from './runs.ts';
import type { StorePaths } from './state-dir.ts';

const POLL_MS = 60;

export class SqliteJournal implements Journal {
  readonly #db: DatabaseSync;
  readonly #paths: StorePaths;
  readonly #clock: () => Date;
  readonly #runs: RunTable;
  readonly #events: EventTable;
  readonly #artifacts: ArtifactTable;
  readonly #inbox: InboxTable;
  readonly #holding: HoldContext;
  readonly #holds = new Set<SqliteHold>();

  constructor(db: DatabaseSync, paths: StorePaths, options: { clock: () => Date; host: ProcessIdentity }) {
    this.#db = db;
    this.#paths = paths;
    this.#clock = options.clock;
    this.#runs = openRunTable(db);
    this.#events = openEventTable(db);
    this.#artifacts = openArtifactTable(db, paths.artifacts);
    this.#inbox = openInboxTable(db);
    this.#holding = { runs: this.#runs, locks: paths.locks, host: options.host, clock: options.clock };
  }

  async createRun(run: { runId: string; workflow: string; request: string; at: string }): Promise<void> {
    this.#guard(run.runId, () => this.#runs.create(run));
  }

  async hold(runId: string, options: { takeOver: boolean }): Promise<Hold> {
    try {
      const hold = await takeHold(this.#holding, runId, options.takeOver);
      for (const old of this.#holds) if (old.released) this.#holds.delete(old);
      this.#holds.add(hold);
      keepReserve(this.#paths);
      return hold;
    } catch (error) {
      throw translateError(error, { dir: this.#paths.dir, runId });
    }
  }

  async holder(runId: string): Promise<HolderIdentity | null> {
    try {
      return await readHolder(this.#holding, runId);
    } catch (error) {
      throw translateError(error, { dir: this.#paths.dir, runId });
    }
  }

  async append(request: AppendRequest): Promise<JournalEvent[]> {
    const { hold, artifacts } = request;
    return this.#guard(hold.runId, () => {
      this.#artifacts.writeLarge(artifacts);
      return this.#transaction('BEGIN IMMEDIATE', () => this.#write(request));
    });
  }

  async makeRoom(): Promise<void> {
    giveReserve(this.#paths);
  }

  #write({ hold, expectedSeq, events, artifacts, consumed, summary }: AppendRequest): JournalEvent[] {
    const { runId, epoch } = hold;
    const head = this.#runs.head(runId);
    if (!(hold instanceof SqliteHold) || hold.released || head.epoch !== epoch) {
      throw new FencedError({ runId, epoch, currentEpoch: head.epoch });
    }
    if (head.seq !== expectedSeq) {
      throw new FencedError({
        runId,
        epoch,
        currentEpoch: head.epoch,
        seq: { expected: expectedSeq, actual: head.seq },
      });
    }
    const at = this.#clock().toISOString();
    this.#artifacts.insert(runId, artifacts);
    const written = this.#events.insert(runId, head, at, events);
    const last = written.at(-1) ?? head;
    this.#inbox.consume(runId, consumed, last.seq);
    if (FINAL_STATUSES.includes(summary.status) && this.#inbox.pending(runId).length > 0)
      throw unreadMessage(runId);
    this.#runs.advance(runId, { seq: last.seq, hash: last.hash }, at, summary);
    return written;
  }

  async read(runId: string, fromSeq: number): Promise<JournalEvent[]> {
    return this.#guard(runId, () =>
      this.#transaction('BEGIN', () => [...this.#events.iterate(runId, fromSeq, this.#runs.head(runId))]),
    );
  }

  async readIntact(
    runId: string,
    limit = Infinity,
  ): Promise<{ events: JournalEvent[]; damage: IntegrityError | null }> {
    const events: JournalEvent[] = [];
    try {
      this.#guard(runId, () =>
        this.#transaction('BEGIN', () => {
          const head = this.#runs.head(runId);
          for (const event of this.#events.iterate(runId, 1, head)) {
            events.push(event);
            if (events.length >= limit) return;
          }
        }),
      );
      return { events, damage: null };
    } catch (error) {
      if (error instanceof IntegrityError) return { events, damage: error };
      throw error;
    }
  }

  async readDamaged(runId: string): Promise<({ seq: number; body: string } | null)[]> {
    return this.#guard(runId, () => this.#events.readDamaged(runId));
  }

  async verify(runId: string): Promise<VerifyReport> {
    return this.#guard(runId, () =>
      this.#transaction('BEGIN', () => this.#events.verify(runId, this.#runs.head(runId))),
    );
  }

  async getArtifact(runId: string, hash: Hash): Promise<Artifact | null> {
    return this.#guard(runId, () => this.#artifacts.get(runId, hash));
  }

  async listRuns(query: { limit: number; prefix: string }): Promise<RunRow[]> {
    return this.#guard(null, () => this.#runs.list(query));
  }

  async listOrphans(): Promise<string[]> {
    return this.#guard(null, () => this.#runs.orphans());
  }

  async getRun(runId: string): Promise<RunRow | null> {
    return this.#guard(runId, () => this.#runs.get(runId));
  }

  async post(runId: string, message: InboxMessage): Promise<InboxRow> {
    return this.#guard(runId, () =>
      // One transaction with the look at the run: nothing is acknowledged that nobody will read.
      this.#transaction('BEGIN IMMEDIATE', () => {
        const run = this.#runs.get(runId);
        if (run === null) throw runNotFound(runId);
        if (FINAL_STATUSES.includes(run.status)) throw runEnded(runId, run.status);
        // The first answer counts: one that answers nothing would leave the question open for ever.
        if (message.kind === 'answer')
          checkOption(this.#events.question(runId, message.questionId), message.option);
        return this.#inbox.post(runId, this.#clock().toISOString(), message);
      }),
    );
  }

  async pending(runId: string): Promise<InboxRow[]> {
    return this.#guard(runId, () => this.#inbox.pending(runId));
  }

  async waitForChange(
    runId: string,
    since: { seq: number; inboxId: number },
    maxWaitMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const end = performance.now() + maxWaitMs;
    while (!signal.aborted && !this.#hasChanged(runId, since)) {
      const left = end - performance.now();
      if (left <= 0) return;
      await pause(Math.min(POLL_MS, left), undefined, { signal }).catch(() => {}); // aborted: the loop ends
    }
  }

  #hasChanged(runId: string, since: { seq: number; inboxId: number }): boolean {
    return this.#guard(
      runId,
      () => this.#runs.head(runId).seq > since.seq || this.#inbox.lastId(runId) > since.inboxId,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#db.isOpen) return;
    try {
      for (const hold of this.#holds) await hold.release();
    } finally {
      this.#db.close();
    }
  }

  #transaction<T>(begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => T): T {
    this.#db.exec(begin);
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite ends some failed transactions by itself.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  #guard<T>(runId: string | null, work: () => T): T {
    try {
      if (!this.#db.isOpen) throw closedError();
      return work();
    } catch (error) {
      throw translateError(error, { dir: this.#paths.dir, runId });
    }
  }
}

function closedError(): BatonError {
  return new BatonError({ code: 'E_BUG', message: 'The journal was closed before.', fix: 'Report this.' });
}

function unreadMessage(runId: string): BatonError {
  return new BatonError({
    code: 'E_UNREAD_MESSAGE',
    message: `Run ${runId} would end over a message that nobody has read; nothing was written.`,
    fix: 'Read the inbox, decide again, and append what follows from it.',
    retryable: true,
  });
}

function runEnded(runId: string, status: RunStatus): BatonError {
  return new BatonError({
    code: 'E_RUN_ENDED',
    message: `Run ${runId} has ended (${status}): it takes no answers and cannot be cancelled.`,
    fix: `Look at it with \`baton report ${runId}\`, or start a new run.`,
  });
}

/** Refuses what is none of the question's options. */
function checkOption(question: Question | null, option: string): void {
  if (question === null || question.options.some(({ id }) => id === option)) return;
  throw new BatonError({
    code: 'E_QUESTION',
    message: `${JSON.stringify(option)} is no answer to ${question.id}.`,
    fix: `One of these is: ${question.options.map(({ id }) => id).join(', ')}.`,
  });
}
