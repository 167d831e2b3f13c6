/** Loads node:sqlite without the ExperimentalWarning that Node 22 and 24.0 print for it. */
type SqliteModule = typeof import('node:sqlite');

let loading: Promise<SqliteModule> | null = null;

/** The module, loaded once, and only by those who open a store. */
export function loadSqlite(): Promise<SqliteModule> {
  loading ??= importQuietly();
  return loading;
}

async function importQuietly(): Promise<SqliteModule> {
  const emit = process.emitWarning;
  const filtered = (...args: Parameters<typeof emit>): void => {
    if (!String(args[0]).includes('SQLite is an experimental feature')) emit.apply(process, args);
  };
  process.emitWarning = filtered as typeof emit; // the overloads differ in their last parameters only
  try {
    return await import('node:sqlite');
  } finally {
    process.emitWarning = emit;
  }
}
