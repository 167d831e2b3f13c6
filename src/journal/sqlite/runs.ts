/** The table of runs: what listings show, how far each run's events go, and who holds it. */
import type { DatabaseSync } from 'node:sqlite';
import { BatonError } from '../../core/errors.ts';
import { RUN_STATUSES } from '../../core/words.ts';
import { genesisLink } from '../chain.ts';
import type { ChainLink } from '../chain.ts';
import type { HolderIdentity, RunRow, RunSummary } from '../journal.ts';
import { numberOf, textOf, textOrNull } from './columns.ts';
import type { Row } from './columns.ts';
import { isConstraint, storeError } from './disk-errors.ts';

/** Also a file name, so nothing that could lead elsewhere. */
const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Refuses what cannot be a run's id. */
export function checkRunId(runId: string): void {
  if (RUN_ID.test(runId)) return;
  throw new BatonError({
    code: 'E_USAGE',
    message: `${JSON.stringify(runId.slice(0, 100))} cannot be a run's id.`,
    fix: 'Use up to 100 letters, digits, dots, dashes and underscores, with a letter or digit first.',
  });
}

/** No run has this id. */
export function runNotFound(runId: string): BatonError {
  return new BatonError({
    code: 'E_NOT_FOUND',
    message: `There is no run ${JSON.stringify(runId)} in this store.`,
    fix: 'List the runs with `baton runs`.',
  });
}

/** What an append has to follow. */
export interface RunHead extends ChainLink {
  epoch: number;
}

/** The statements over `runs`, prepared once per connection. */
export type RunTable = ReturnType<typeof openRunTable>;

/** Prepares the statements over `runs`. */
export function openRunTable(db: DatabaseSync) {
  const insert = db.prepare(
    `INSERT INTO runs (run_id, workflow, request, created_at, updated_at, status, reason, phase, settled, total,
       seq, epoch, head, holder) VALUES (?, ?, ?, ?, ?, 'running', 'created', NULL, 0, 0, 0, 0, ?, NULL)`,
  );
  const selectHead = db.prepare('SELECT seq, epoch, head FROM runs WHERE run_id = ?');
  const advance = db.prepare(
    `UPDATE runs SET seq = ?, head = ?, updated_at = ?, status = ?, reason = ?, phase = ?, settled = ?, total = ?
       WHERE run_id = ?`,
  );
  const selectOne = db.prepare('SELECT * FROM runs WHERE run_id = ?');
  const selectMany = db.prepare('SELECT * FROM runs ORDER BY created_at DESC, rowid DESC LIMIT ?');
  const selectPrefix = db.prepare(
    'SELECT * FROM runs WHERE run_id >= ? AND run_id < ? ORDER BY created_at DESC, rowid DESC LIMIT ?',
  );
  // From one run's first event to the next one's, by the key: the number of events does not matter.
  const selectOrphans = db.prepare(
    `WITH RECURSIVE ids (id) AS (
       SELECT min(run_id) FROM events
       UNION ALL SELECT (SELECT min(run_id) FROM events WHERE run_id > id) FROM ids WHERE id IS NOT NULL)
     SELECT id FROM ids WHERE id IS NOT NULL AND id NOT IN (SELECT run_id FROM runs)`,
  );
  const selectHolder = db.prepare('SELECT holder, epoch FROM runs WHERE run_id = ?');
  const claim = db.prepare('UPDATE runs SET epoch = epoch + 1, holder = ? WHERE run_id = ?');
  const clear = db.prepare('UPDATE runs SET holder = NULL WHERE run_id = ? AND epoch = ?');

  return {
    create(run: { runId: string; workflow: string; request: string; at: string }): void {
      checkRunId(run.runId);
      try {
        insert.run(run.runId, run.workflow, run.request, run.at, run.at, genesisLink(run.runId).hash);
      } catch (error) {
        if (isConstraint(error)) throw storeError('E_STORE', `Run ${run.runId} exists already.`, error);
        throw error;
      }
    },

    head(runId: string): RunHead {
      const row = selectHead.get(runId);
      if (row === undefined) throw runNotFound(runId);
      return { seq: numberOf(row, 'seq'), epoch: numberOf(row, 'epoch'), hash: textOf(row, 'head') };
    },

    advance(runId: string, last: ChainLink, at: string, summary: RunSummary): void {
      const { settled, total } = summary.progress;
      advance.run(
        last.seq,
        last.hash,
        at,
        summary.status,
        summary.reason,
        summary.phase,
        settled,
        total,
        runId,
      );
    },

    get(runId: string): RunRow | null {
      const row = selectOne.get(runId);
      return row === undefined ? null : runRow(row);
    },

    list(query: { limit: number; prefix: string }): RunRow[] {
      const rows =
        query.prefix === ''
          ? selectMany.all(query.limit)
          : selectPrefix.all(query.prefix, `${query.prefix}\u{10FFFF}`, query.limit);
      return rows.map(runRow);
    },

    orphans(): string[] {
      return selectOrphans.all().map((row) => textOf(row, 'id'));
    },

    holder(runId: string): { identity: HolderIdentity | null; epoch: number } {
      const row = selectHolder.get(runId);
      if (row === undefined) throw runNotFound(runId);
      return { identity: parseHolder(textOrNull(row, 'holder')), epoch: numberOf(row, 'epoch') };
    },

    /** Raises the epoch. Only under the run's lock. */
    claim(runId: string, identity: HolderIdentity): void {
      claim.run(JSON.stringify(identity), runId);
    },

    /** Takes the holder out, if it is still that one. */
    clearHolder(runId: string, epoch: number): void {
      clear.run(runId, epoch);
    },
  };
}

function parseHolder(text: string | null): HolderIdentity | null {
  // Written by `claim` alone; a changed one can at worst name a process that does not match itself.
  return text === null ? null : (JSON.parse(text) as HolderIdentity);
}

function runRow(row: Row): RunRow {
  const status = RUN_STATUSES.find((word) => word === row['status']);
  if (status === undefined)
    throw storeError(
      'E_STORE',
      `The store is damaged: run ${JSON.stringify(row['run_id'])} has no readable status.`,
    );
  return {
    runId: textOf(row, 'run_id'),
    workflow: textOf(row, 'workflow'),
    request: textOf(row, 'request'),
    createdAt: textOf(row, 'created_at'),
    updatedAt: textOf(row, 'updated_at'),
    status,
    reason: textOf(row, 'reason'),
    phase: textOrNull(row, 'phase'),
    progress: { settled: numberOf(row, 'settled'), total: numberOf(row, 'total') },
    seq: numberOf(row, 'seq'),
    epoch: numberOf(row, 'epoch'),
    head: textOf(row, 'head'),
  };
}
