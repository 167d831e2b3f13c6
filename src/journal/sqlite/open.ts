/** Opens the store in a state folder: creates it, migrates it, or refuses what is none of ours. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { DatabaseSync } from 'node:sqlite';
import type { Journal } from '../journal.ts';
import type { ProcessIdentity } from '../process-identity.ts';
import { storeError, translateError } from './disk-errors.ts';
import { tryLock } from './exclusive-lock.ts';
import { inspectStore } from './inspect.ts';
import { loadSqlite } from './load.ts';
import { applyMigrations, migrateStore } from './migrate.ts';
import type { MigrationProbe } from './migrate.ts';
import { APPLICATION_ID, STORE_VERSION } from './schema.ts';
import { SqliteJournal } from './sqlite-journal.ts';
import { createPrivateFile, ensureStateDir, storePaths, syncFile } from './state-dir.ts';
import type { StorePaths } from './state-dir.ts';

const BUSY_MS = 5_000;
const STORE_LOCK_MS = 10_000;

export interface StoreOptions {
  /** The state folder; made when it is not there. */
  dir: string;
  /** The wall clock: what people read in events. Nothing is decided by it. */
  clock: () => Date;
  /** What is recorded about this process when it holds a run (`readOwnIdentity`). */
  host: ProcessIdentity;
  /** Called between the parts of a creation or migration; for tests that kill the process there. */
  probe?: MigrationProbe;
}

/**
 * Opens the journal in `dir`. Throws E_STORE, E_STORE_FOREIGN or E_STORE_NEWER for what it must not use,
 * which then stays as it is, byte for byte. Ends by `await journal[Symbol.asyncDispose]()`.
 */
export async function openSqliteJournal(options: StoreOptions): Promise<Journal> {
  const paths = storePaths(options.dir);
  try {
    return new SqliteJournal(await openStore(paths, options), paths, options);
  } catch (error) {
    throw translateError(error, { dir: options.dir, runId: null });
  }
}

async function openStore(paths: StorePaths, options: StoreOptions): Promise<DatabaseSync> {
  // Before the folder's modes are touched: a refused store stays as it is.
  const version = existsSync(paths.dir) ? await inspectStore(paths.database) : null;
  ensureStateDir(paths);
  if (version !== STORE_VERSION) await prepareStore(paths, options.probe);
  return await connect(paths.database);
}

/** Creates or migrates, one process at a time; whoever comes second finds it done. */
async function prepareStore(paths: StorePaths, probe: MigrationProbe = () => {}): Promise<void> {
  const lock = await tryLock(`${paths.dir}/store.lock`, STORE_LOCK_MS);
  if (lock === null)
    throw storeError('E_STORE', `Another process keeps preparing the store in ${paths.dir}.`);
  try {
    const version = await inspectStore(paths.database);
    if (version === null) await createStore(paths, probe);
    else if (version < STORE_VERSION) await upgradeStore(paths, version, probe);
  } finally {
    lock.release();
  }
}

/** Built beside its place and moved there whole: an empty `journal.db` is never one of ours. */
async function createStore(paths: StorePaths, probe: MigrationProbe): Promise<void> {
  const draft = `${paths.dir}/journal.draft.db`;
  for (const leftover of [draft, `${draft}-journal`, `${draft}-wal`, `${draft}-shm`]) {
    rmSync(leftover, { force: true });
  }
  createPrivateFile(draft, '');
  probe('draft created');
  const db = await connect(draft);
  try {
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    applyMigrations(db, STORE_VERSION, probe);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
  syncFile(draft);
  renameSync(draft, paths.database);
  syncFile(paths.dir);
}

async function upgradeStore(paths: StorePaths, from: number, probe: MigrationProbe): Promise<void> {
  const db = await connect(paths.database);
  try {
    migrateStore(db, paths, { from, to: STORE_VERSION, probe });
  } finally {
    db.close();
  }
}

/** Opens an existing database file; never makes one. */
async function connect(path: string): Promise<DatabaseSync> {
  const { DatabaseSync } = await loadSqlite();
  const db = new DatabaseSync(`${pathToFileURL(path).href}?mode=rw`);
  db.exec(
    `PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
     PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON`,
  );
  return db;
}
