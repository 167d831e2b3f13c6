/** What people left for a run. One answer per question: the first one stored, by a unique index. */
import type { DatabaseSync } from 'node:sqlite';
import { BatonError } from '../../core/errors.ts';
import type { InboxMessage, InboxRow } from '../journal.ts';
import { numberOf, textOf } from './columns.ts';
import type { Row } from './columns.ts';
import { isConstraint } from './disk-errors.ts';

/** The statements over `inbox`, prepared once per connection. */
export type InboxTable = ReturnType<typeof openInboxTable>;

/** Prepares the statements over `inbox`. */
export function openInboxTable(db: DatabaseSync) {
  const insert = db.prepare(
    'INSERT INTO inbox (run_id, at, question_id, body, consumed_seq) VALUES (?, ?, ?, ?, NULL)',
  );
  const selectWinner = db.prepare('SELECT id, at, body FROM inbox WHERE run_id = ? AND question_id = ?');
  const selectPending = db.prepare(
    'SELECT id, at, body FROM inbox WHERE run_id = ? AND consumed_seq IS NULL ORDER BY id',
  );
  const selectLast = db.prepare('SELECT coalesce(max(id), 0) AS id FROM inbox WHERE run_id = ?');
  const consume = db.prepare(
    'UPDATE inbox SET consumed_seq = ? WHERE id = ? AND run_id = ? AND consumed_seq IS NULL',
  );

  return {
    post(runId: string, at: string, message: InboxMessage): InboxRow {
      const question = message.kind === 'answer' ? message.questionId : null;
      try {
        const { lastInsertRowid } = insert.run(runId, at, question, JSON.stringify(message));
        return { id: Number(lastInsertRowid), at, message };
      } catch (error) {
        const winner =
          question !== null && isConstraint(error) ? selectWinner.get(runId, question) : undefined;
        throw winner === undefined ? error : answered(inboxRow(winner), error);
      }
    },

    pending(runId: string): InboxRow[] {
      return selectPending.all(runId).map(inboxRow);
    },

    lastId(runId: string): number {
      return numberOf(selectLast.get(runId) ?? {}, 'id');
    },

    /** Marks messages as journaled up to `seq`; part of the caller's transaction. */
    consume(runId: string, ids: number[], seq: number): void {
      for (const id of ids) {
        if (Number(consume.run(seq, id, runId).changes) === 1) continue;
        throw new BatonError({
          code: 'E_BUG',
          message: `Message ${id} of run ${runId} is not in the inbox, or was journaled before.`,
          fix: 'Report this; nothing was written.',
        });
      }
    },
  };
}

function inboxRow(row: Row): InboxRow {
  // Written by `post` alone.
  const message = JSON.parse(textOf(row, 'body')) as InboxMessage;
  return { id: numberOf(row, 'id'), at: textOf(row, 'at'), message };
}

function answered(winner: InboxRow, cause: unknown): BatonError {
  const { message } = winner;
  const what = message.kind === 'answer' ? `${JSON.stringify(message.option)} by ` : '';
  return new BatonError({
    code: 'E_ANSWERED',
    message: `This question was answered before: ${what}${message.name} (${message.via}) at ${winner.at}.`,
    fix: 'The first answer stands. Look at the run with `baton status`.',
    cause,
  });
}
