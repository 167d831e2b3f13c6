/**
 * Looks at what lies where the store should be, before anything may write there. It never opens the file
 * by itself: closing a file drops this process's locks on it, also those of a journal that is open.
 */
import { existsSync, lstatSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { DatabaseSync } from 'node:sqlite';
import { isDamaged, storeError, systemCode } from './disk-errors.ts';
import { loadSqlite } from './load.ts';
import { APPLICATION_ID, MIGRATIONS, STORE_VERSION, describeSchema, readPragma } from './schema.ts';
import { applyMigrations } from './migrate.ts';

const SQLITE_CORRUPT = 11;
/** SQLite's smallest page: it takes anything shorter for an empty database. */
const SMALLEST_DATABASE = 512;

/** The version of the store at `path`; null: there is none. Throws for anything that is no store of ours, untouched. */
export async function inspectStore(path: string): Promise<number | null> {
  const size = fileSize(path);
  if (size === null) {
    if (!existsSync(`${path}-wal`)) return null;
    throw storeError('E_STORE', `${path} is missing, but its write-ahead log is there: a store was here.`);
  }
  if (size === 0) throw storeError('E_STORE', `${path} is empty: a store was here, and its content is gone.`);
  if (size < SMALLEST_DATABASE)
    throw storeError('E_STORE', `${path} is no SQLite database: it has ${size} bytes.`);
  // Without locks, log or shared memory at first: a stranger's database is not even recovered.
  const version = await look(path, 'immutable=1');
  const logged = (fileSize(`${path}-wal`) ?? 0) > 0;
  return version !== null && !logged ? version : await look(path, 'mode=ro');
}

/** Size of a plain file; null: nothing there. */
function fileSize(path: string): number | null {
  try {
    const stat = lstatSync(path);
    if (stat.isFile()) return stat.size;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
  throw storeError('E_STORE', `${path} is no plain file.`);
}

/** null: another process writes the file just now, so that only a look with locks tells. */
async function look(path: string, mode: 'immutable=1' | 'mode=ro'): Promise<number | null> {
  const { DatabaseSync } = await loadSqlite();
  const db = new DatabaseSync(`${pathToFileURL(path).href}?${mode}`, { readOnly: true });
  try {
    if (mode === 'mode=ro') db.exec('PRAGMA busy_timeout = 5000');
    return checkView(db, path, await schemasByVersion());
  } catch (error) {
    if (!isDamaged(error)) throw error;
    if (mode === 'immutable=1' && errcode(error) === SQLITE_CORRUPT) return null;
    throw storeError('E_STORE', `${path} is no SQLite database, or a damaged one.`, error);
  } finally {
    db.close();
  }
}

function errcode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode
    : null;
}

function checkView(db: DatabaseSync, path: string, schemas: Map<number, string>): number {
  const application = readPragma(db, 'application_id');
  const version = readPragma(db, 'user_version');
  if (application !== APPLICATION_ID) {
    throw storeError(
      'E_STORE_FOREIGN',
      `${path} is another program's database (application id ${application}).`,
    );
  }
  if (version > STORE_VERSION) {
    throw storeError(
      'E_STORE_NEWER',
      `${path} has version ${version}; this Baton knows up to ${STORE_VERSION}.`,
    );
  }
  if (schemas.get(version) !== describeSchema(db)) {
    throw storeError('E_STORE_FOREIGN', `${path} does not have the tables of a version ${version} store.`);
  }
  return version;
}

let schemas: Map<number, string> | null = null;

/** What each version's tables look like: built from the same steps, so that there is no second list. */
async function schemasByVersion(): Promise<Map<number, string>> {
  if (schemas !== null) return schemas;
  const { DatabaseSync } = await loadSqlite();
  const built = new Map<number, string>();
  const db = new DatabaseSync(':memory:');
  for (const { to } of MIGRATIONS) {
    applyMigrations(db, to);
    built.set(to, describeSchema(db));
  }
  db.close();
  schemas = built;
  return built;
}
