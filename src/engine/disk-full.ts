/** A disk without room is nobody's fault and no end of a run: it pauses, whoever met it first. */
import { statfsSync } from 'node:fs';
import { BatonError } from '../core/errors.ts';

const SYSTEM_CODES = new Set(['ENOSPC', 'EDQUOT']);
const SQLITE_FULL = 13;
const GIT_WORDS = /No space left on device|Disk quota exceeded|Out of diskspace/;
/** Git often says only that it could not write; with less room than this, that is why. */
const FULL_BELOW_BYTES = 1024 * 1024;

/** Whether the store, git or a plain file found no room in one of these folders; also where that is only the cause. */
export function isDiskFull(error: unknown, folders: readonly string[]): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof BatonError) return isFullForUs(error, folders);
  if ('code' in error && SYSTEM_CODES.has(String(error.code))) return true;
  if ('errcode' in error && typeof error.errcode === 'number') return (error.errcode & 0xff) === SQLITE_FULL;
  return isDiskFull(error.cause, folders);
}

function isFullForUs(error: BatonError, folders: readonly string[]): boolean {
  switch (error.code) {
    case 'E_DISK_FULL':
      return true;
    case 'E_GIT':
      return GIT_WORDS.test(error.message) || folders.some((folder) => freeBytes(folder) < FULL_BELOW_BYTES);
    default:
      return isDiskFull(error.cause, folders);
  }
}

function freeBytes(folder: string): number {
  try {
    const disk = statfsSync(folder);
    return disk.bavail * disk.bsize;
  } catch {
    return Number.POSITIVE_INFINITY; // unknown is not full
  }
}
