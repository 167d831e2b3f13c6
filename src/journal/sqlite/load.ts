/** Loads node:sqlite without the ExperimentalWarning that Node 22 and 24.0 print for it. */
import { quietly } from '../quietly.ts';

type SqliteModule = typeof import('node:sqlite');

let loading: Promise<SqliteModule> | null = null;

/** The module, loaded once, and only by those who open a store. */
export function loadSqlite(): Promise<SqliteModule> {
  loading ??= quietly('SQLite is an experimental feature', () => import('node:sqlite'));
  return loading;
}
