/** The table of events: append, read back through the chain, verify. */
import type { DatabaseSync } from 'node:sqlite';
import { IntegrityError } from '../../core/errors.ts';
import { SCHEMA_VERSION } from '../../core/events.ts';
import type { JournalEvent, RunEvent } from '../../core/events.ts';
import type { Question } from '../../core/records.ts';
import { chainHash, checkEnd, checkLink, genesisLink, verifyChain } from '../chain.ts';
import type { ChainLink, EventBody, StoredEvent } from '../chain.ts';
import { upgradeEvent } from '../upgrade.ts';
import type { VerifyReport } from '../journal.ts';
import { bytesOf, numberOf, textOf } from './columns.ts';
import type { Row } from './columns.ts';

/** The statements over `events`, prepared once per connection. */
export type EventTable = ReturnType<typeof openEventTable>;

/** Prepares the statements over `events`. */
export function openEventTable(db: DatabaseSync) {
  const insert = db.prepare(
    'INSERT INTO events (run_id, seq, at, body, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?)',
  );
  // As bytes: the hash is over what is stored, and a text column with broken UTF-8 would be mended on the way.
  const select = db.prepare(
    `SELECT seq, at, CAST(body AS BLOB) AS body, prev_hash, hash FROM events
       WHERE run_id = ? AND seq >= ? ORDER BY seq`,
  );
  const selectLink = db.prepare('SELECT hash FROM events WHERE run_id = ? AND seq = ?');
  const selectSeqs = db.prepare('SELECT seq FROM events WHERE run_id = ? ORDER BY seq');
  const selectBody = db.prepare('SELECT body FROM events WHERE run_id = ? AND seq = ?');
  const selectQuestions = db.prepare(
    `SELECT seq, at, CAST(body AS BLOB) AS body, prev_hash, hash FROM events
       WHERE run_id = ? AND instr(body, '"question_asked"') > 0 ORDER BY seq DESC`,
  );

  return {
    /** Adds the events behind `last`; part of the caller's transaction. */
    insert(runId: string, last: ChainLink, at: string, events: RunEvent[]): JournalEvent[] {
      let previous = last;
      return events.map((event) => {
        const body = JSON.stringify({ at, schema_version: SCHEMA_VERSION, event } satisfies EventBody);
        const seq = previous.seq + 1;
        const hash = chainHash(previous.hash, seq, body);
        insert.run(runId, seq, at, body, previous.hash, hash);
        const prev_hash = previous.hash;
        previous = { seq, hash };
        return { seq, at, schema_version: SCHEMA_VERSION, hash, prev_hash, event };
      });
    },

    /**
     * Events from `fromSeq`, each checked against the one before, and the last against `head`. Inside one read
     * transaction. Throws `IntegrityError` behind those that are as they were written.
     */
    *iterate(runId: string, fromSeq: number, head: ChainLink): Generator<JournalEvent> {
      if (fromSeq > head.seq + 1) return;
      let last = linkBefore(runId, fromSeq);
      for (const raw of select.iterate(runId, fromSeq)) {
        const row = storedEvent(raw);
        const problem = checkLink(last, row);
        if (problem !== null) throw new IntegrityError({ runId, seq: problem.seq, problem: problem.detail });
        yield parseStored(row);
        last = { seq: row.seq, hash: row.hash };
      }
      const problem = checkEnd(last, head);
      if (problem !== null) throw new IntegrityError({ runId, seq: problem.seq, problem: problem.detail });
    },

    /** Walks the whole chain of a run. Inside one read transaction. */
    verify(runId: string, head: ChainLink): VerifyReport {
      const rows = select.iterate(runId, 0);
      const { last, problem } = verifyChain(mapRows(rows), genesisLink(runId), head);
      return { ok: problem === null, events: last.seq, head: last.hash, problem, anchored: false };
    },

    /** The question of this id as it was asked last; null: it never was. */
    question(runId: string, id: string): Question | null {
      for (const raw of selectQuestions.iterate(runId)) {
        const { event } = parseStored(storedEvent(raw));
        if (event.type === 'question_asked' && event.question.id === id) return event.question;
      }
      return null;
    },

    /** What can still be read of a damaged run; null for a row that cannot. */
    readDamaged(runId: string): ({ seq: number; body: string } | null)[] {
      return selectSeqs.all(runId).map((row) => {
        try {
          const seq = numberOf(row, 'seq');
          return { seq, body: textOf(selectBody.get(runId, seq) ?? {}, 'body') };
        } catch {
          return null; // looking at a damaged run goes on past what is broken
        }
      });
    },
  };

  function linkBefore(runId: string, seq: number): ChainLink {
    if (seq <= 1) return genesisLink(runId);
    const row = selectLink.get(runId, seq - 1);
    if (row === undefined) {
      throw new IntegrityError({ runId, seq: seq - 1, problem: `event ${seq - 1} is missing` });
    }
    return { seq: seq - 1, hash: textOf(row, 'hash') };
  }
}

function* mapRows(rows: Iterable<Row>): Generator<StoredEvent> {
  for (const row of rows) yield storedEvent(row);
}

function storedEvent(row: Row): StoredEvent {
  return {
    seq: numberOf(row, 'seq'),
    at: textOf(row, 'at'),
    body: bytesOf(row, 'body'),
    prev_hash: textOf(row, 'prev_hash'),
    hash: textOf(row, 'hash'),
  };
}

/** A stored event whose hash was checked, in today's form. */
export function parseStored(row: StoredEvent): JournalEvent {
  // These are the bytes that `insert` wrote, as their hash has shown.
  const { buffer, byteOffset, byteLength } = row.body;
  const body = JSON.parse(Buffer.from(buffer, byteOffset, byteLength).toString('utf8')) as EventBody;
  return {
    seq: row.seq,
    at: body.at,
    schema_version: body.schema_version,
    hash: row.hash,
    prev_hash: row.prev_hash,
    event: upgradeEvent(body.schema_version, body.event),
  };
}
