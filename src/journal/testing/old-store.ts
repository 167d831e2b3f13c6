/** Stores of earlier versions, and what is in one. */
import { DatabaseSync } from 'node:sqlite';
import { hash } from 'node:crypto';
import { SCHEMA_VERSION } from '../../core/events.ts';
import { chainHash, genesisLink } from '../chain.ts';
import { applyMigrations } from '../sqlite/migrate.ts';
import { APPLICATION_ID, readPragma } from '../sqlite/schema.ts';
import { createPrivateFile, ensureStateDir, storePaths } from '../sqlite/state-dir.ts';
import { sampleArtifact, sampleEvents } from './sample-events.ts';

const AT = '2026-01-02T03:04:05.000Z';

/** A store of `version` in `dir`, with the run `run-1` of 20 events, an artifact and a message. */
export async function makeOldStore(dir: string, version: number): Promise<void> {
  const paths = storePaths(dir);
  ensureStateDir(paths);
  createPrivateFile(paths.database, '');
  const db = new DatabaseSync(paths.database);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA application_id = ${APPLICATION_ID}`);
  applyMigrations(db, version);
  fill(db);
  db.close();
}

function fill(db: DatabaseSync): void {
  const insert = db.prepare("INSERT INTO events VALUES ('run-1', ?, ?, ?, ?, ?)");
  let last = genesisLink('run-1');
  db.exec('BEGIN');
  for (const event of sampleEvents(1, 20)) {
    const body = JSON.stringify({ at: AT, schema_version: SCHEMA_VERSION, event });
    const next = { seq: last.seq + 1, hash: chainHash(last.hash, last.seq + 1, body) };
    insert.run(next.seq, AT, body, last.hash, next.hash);
    last = next;
  }
  db.prepare(
    `INSERT INTO runs VALUES ('run-1', 'w', 'r', ?, ?, 'running', 'working', NULL, 1, 4, 20, 3, ?, NULL)`,
  ).run(AT, AT, last.hash);
  const artifact = sampleArtifact('a', 900);
  db.prepare("INSERT INTO artifacts VALUES ('run-1', ?, ?, ?)").run(
    artifact.hash,
    artifact.kind,
    artifact.body,
  );
  db.prepare("INSERT INTO inbox VALUES (1, 'run-1', ?, 'q1', '{}', NULL)").run(AT);
  db.exec('COMMIT');
}

/** The version of a store and a hash over every row in it. Opens the file: not while this process has it open. */
export function contentOf(database: string): { version: number; integrity: string; rows: string } {
  const db = new DatabaseSync(database);
  try {
    const tables = ['runs', 'events', 'artifacts', 'inbox'];
    const rows = tables.map((table) => db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all());
    return {
      version: readPragma(db, 'user_version'),
      integrity: String(db.prepare('PRAGMA integrity_check').get()?.['integrity_check']),
      rows: hash('sha256', JSON.stringify(rows)),
    };
  } finally {
    db.close();
  }
}
