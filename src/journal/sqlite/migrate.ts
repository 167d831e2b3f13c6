/** Brings a store from one version to another in one transaction, after a copy of it was laid aside. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS, readPragma } from './schema.ts';
import type { Migration } from './schema.ts';
import { createPrivateFile, syncFile } from './state-dir.ts';
import type { StorePaths } from './state-dir.ts';

/** Called after each durable or transactional part of a migration; a test kills the process in one of them. */
export type MigrationProbe = (point: string) => void;

/** Runs every step up to `to` in one transaction: the version before or `to`, never something between. */
export function applyMigrations(db: DatabaseSync, to: number, probe: MigrationProbe = () => {}): void {
  db.exec('BEGIN EXCLUSIVE');
  try {
    const from = readPragma(db, 'user_version');
    for (const step of pendingSteps(from, to)) {
      for (const [index, statement] of step.statements.entries()) {
        db.exec(statement);
        probe(`version ${step.to}, statement ${index + 1}`);
      }
    }
    db.exec(`PRAGMA user_version = ${to}`);
    probe('version written');
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
  probe('committed');
}

function pendingSteps(from: number, to: number): Migration[] {
  return MIGRATIONS.filter((step) => step.to > from && step.to <= to);
}

/** Backs the store up as `journal.v<version>.db` and migrates it. The caller holds the store's lock. */
export function migrateStore(
  db: DatabaseSync,
  paths: StorePaths,
  options: { from: number; to: number; probe?: MigrationProbe },
): void {
  const probe = options.probe ?? (() => {});
  backUp(db, paths, { version: options.from, probe });
  applyMigrations(db, options.to, probe);
  // Into the main file at once: an older Baton that only looks at its header has to see the version.
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  probe('checkpointed');
}

/** Where the copy of a store of that version lies. */
export function backupPath(paths: StorePaths, version: number): string {
  return `${paths.dir}/journal.v${version}.db`;
}

function backUp(
  db: DatabaseSync,
  paths: StorePaths,
  options: { version: number; probe: MigrationProbe },
): void {
  const target = backupPath(paths, options.version);
  const draft = `${target}.draft`;
  // A killed attempt's draft is no copy yet, and the store's lock says that nobody else writes one now.
  for (const leftover of [draft, `${draft}-journal`]) if (existsSync(leftover)) rmSync(leftover);
  createPrivateFile(draft, '');
  options.probe('backup begun');
  db.prepare('VACUUM INTO ?').run(draft);
  options.probe('backup written');
  syncFile(draft);
  renameSync(draft, target);
  syncFile(paths.dir);
  options.probe('backup in place');
}
