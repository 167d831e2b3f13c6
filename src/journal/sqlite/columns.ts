/** Reads columns at the edge: what has the wrong type is a damaged store, not a surprise further on. */
import { storeError } from './disk-errors.ts';

/** A row as node:sqlite gives it. */
export type Row = Record<string, unknown>;

/** A text column. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === 'string') return value;
  throw damagedColumn(column);
}

/** A text column that may be empty. */
export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : textOf(row, column);
}

/** A number column. */
export function numberOf(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === 'number') return value;
  throw damagedColumn(column);
}

/** A column of bytes. */
export function bytesOf(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (value instanceof Uint8Array) return value;
  throw damagedColumn(column);
}

function damagedColumn(column: string): Error {
  return storeError('E_STORE', `The store is damaged: a row has no readable ${column}.`);
}
