/** Says what SQLite's and the file system's refusals mean, as typed errors. */
import { statfsSync } from 'node:fs';
import { BatonError, IntegrityError } from '../../core/errors.ts';
import type { ErrorCode } from '../../core/errors.ts';

const SQLITE_PERM = 3;
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_CONSTRAINT = 19;
const SQLITE_NOTADB = 26;

/** Below this, an I/O error of SQLite's is a full disk: growing its shared memory reports both alike. */
const FULL_BELOW_BYTES = 64 * 1024;

const FULL_CODES = new Set(['ENOSPC', 'EDQUOT']);
const OUT_OF_FILES = new Set(['EMFILE', 'ENFILE']);

/** The primary result code of an error of node:sqlite; null for any other error. */
function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}

/** Another connection has the lock. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE_BUSY || code === SQLITE_LOCKED;
}

/** A unique or primary key is taken. */
export function isConstraint(error: unknown): boolean {
  return sqliteCode(error) === SQLITE_CONSTRAINT;
}

/** The file is no SQLite database, or not any more. */
export function isDamaged(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}

/** The system's word for a file system error; '' for any other error. */
export function systemCode(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return '';
  return 'syscall' in error ? error.code : '';
}

/** Turns whatever the store threw into a typed error; typed ones pass as they are. `runId` where a run is concerned. */
export function translateError(error: unknown, place: { dir: string; runId: string | null }): Error {
  if (error instanceof BatonError || !(error instanceof Error)) return error as Error; // only Errors are thrown here
  if (isDamaged(error)) return damaged(error, place);
  const system = systemCode(error);
  if (isFull(error, system, place.dir)) return diskFull(error, place.dir);
  if (isBusy(error)) return busy(error, place.dir);
  if (system !== '' || isIo(error)) return diskIo(error, place.dir, OUT_OF_FILES.has(system));
  return error;
}

function isFull(error: Error, system: string, dir: string): boolean {
  if (FULL_CODES.has(system) || sqliteCode(error) === SQLITE_FULL) return true;
  return sqliteCode(error) === SQLITE_IOERR && freeBytes(dir) < FULL_BELOW_BYTES;
}

function isIo(error: Error): boolean {
  const code = sqliteCode(error);
  return code !== null && [SQLITE_PERM, SQLITE_READONLY, SQLITE_IOERR, SQLITE_CANTOPEN].includes(code);
}

function freeBytes(dir: string): number {
  try {
    const disk = statfsSync(dir);
    return disk.bavail * disk.bsize;
  } catch {
    return Number.POSITIVE_INFINITY; // unknown is not full: it stays the I/O error that it was reported as
  }
}

function diskFull(cause: Error, dir: string): BatonError {
  return new BatonError({
    code: 'E_DISK_FULL',
    message: `The disk under ${dir} is full; nothing of this step was written.`,
    fix: 'Free some space, then continue with `baton resume`. Nothing that was recorded is lost.',
    cause,
  });
}

function diskIo(cause: Error, dir: string, retryable: boolean): BatonError {
  return new BatonError({
    code: 'E_DISK_IO',
    message: `The store in ${dir} cannot be read or written: ${cause.message}.`,
    fix: 'Check the disk and the permissions of that folder, then continue with `baton resume`.',
    retryable,
    cause,
  });
}

function busy(cause: Error, dir: string): BatonError {
  return new BatonError({
    code: 'E_STORE',
    message: `The store in ${dir} stayed locked by another process.`,
    fix: 'Try again; if it stays so, look for a stopped process that has journal.db open.',
    retryable: true,
    cause,
  });
}

function damaged(cause: Error, place: { dir: string; runId: string | null }): BatonError {
  if (place.runId !== null) {
    return new IntegrityError({
      runId: place.runId,
      seq: null,
      problem: `the database is damaged (${cause.message})`,
    });
  }
  return storeError('E_STORE', `${place.dir}/journal.db is damaged: ${cause.message}.`, cause);
}

/** A store that must not be used as it is; it was not touched. */
export function storeError(code: ErrorCode, message: string, cause?: unknown): BatonError {
  return new BatonError({
    code,
    message,
    fix:
      code === 'E_STORE_NEWER'
        ? 'Install the Baton that wrote it, or a newer one. The store was not touched.'
        : 'The file was not touched. Restore it from a backup, or move it away to begin with an empty store.',
    cause,
  });
}
