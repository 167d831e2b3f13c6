import { readdirSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const MIGRATIONS = new URL('../migrations/', import.meta.url);

/** Opens the database file and brings it up to the newest migration. */
export function openDatabase(file) {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA foreign_keys = ON');
  database.exec('CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)');
  const done = new Set(database.prepare('SELECT name FROM migrations').all().map((row) => row.name));
  for (const name of readdirSync(MIGRATIONS).filter((file) => file.endsWith('.sql')).sort()) {
    if (!done.has(name)) migrate(database, name);
  }
  return database;
}

function migrate(database, name) {
  database.exec('BEGIN');
  try {
    database.exec(readFileSync(new URL(name, MIGRATIONS), 'utf8'));
    database.prepare('INSERT INTO migrations (name) VALUES (?)').run(name);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
