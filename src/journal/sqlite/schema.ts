/** The tables, as the list of steps that built them. A step that was released never changes again. */
import type { DatabaseSync } from 'node:sqlite';

/** `BATN`: says whose file this is. */
export const APPLICATION_ID = 0x4241544e;

/** One step from the version before to `to`. */
export interface Migration {
  to: number;
  statements: string[];
}

export const MIGRATIONS: readonly Migration[] = [
  {
    to: 1,
    statements: [
      `CREATE TABLE runs (
        run_id TEXT NOT NULL PRIMARY KEY,
        workflow TEXT NOT NULL,
        request TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        status TEXT NOT NULL,
        reason TEXT NOT NULL,
        phase TEXT,
        settled INTEGER NOT NULL,
        total INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        epoch INTEGER NOT NULL,
        head TEXT NOT NULL,
        holder TEXT
      ) STRICT`,
      `CREATE TABLE events (
        run_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        at TEXT NOT NULL,
        body TEXT NOT NULL,
        prev_hash TEXT NOT NULL,
        hash TEXT NOT NULL,
        PRIMARY KEY (run_id, seq)
      ) STRICT, WITHOUT ROWID`,
      `CREATE TABLE artifacts (
        run_id TEXT NOT NULL,
        hash TEXT NOT NULL,
        kind TEXT NOT NULL,
        body BLOB,
        PRIMARY KEY (run_id, hash)
      ) STRICT`,
      `CREATE TABLE inbox (
        id INTEGER NOT NULL PRIMARY KEY,
        run_id TEXT NOT NULL,
        at TEXT NOT NULL,
        question_id TEXT,
        body TEXT NOT NULL,
        consumed_seq INTEGER
      ) STRICT`,
      // Who answers a question first has answered it: the database decides, not a look before.
      'CREATE UNIQUE INDEX inbox_one_answer ON inbox (run_id, question_id) WHERE question_id IS NOT NULL',
    ],
  },
  {
    to: 2,
    statements: [
      'CREATE INDEX runs_by_age ON runs (created_at)',
      'CREATE INDEX inbox_of_run ON inbox (run_id, id)',
    ],
  },
];

/** The version that this Baton writes. */
export const STORE_VERSION = Math.max(...MIGRATIONS.map((migration) => migration.to));

/** Every object of the database with its SQL: two stores of one version are equal in it. */
export function describeSchema(db: DatabaseSync): string {
  const rows = db
    .prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name")
    .all();
  return JSON.stringify(rows.map((row) => [row['type'], row['name'], row['sql']]));
}

/** A number that a pragma answers with. */
export function readPragma(db: DatabaseSync, name: 'application_id' | 'user_version'): number {
  const value = db.prepare(`PRAGMA ${name}`).get()?.[name];
  return typeof value === 'number' ? value : 0;
}
