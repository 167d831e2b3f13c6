/** A disk without room, agents that all fail alike, or a setup that no agent can mend are no end of a run: it pauses, whoever met it first. */
import { BatonError } from '../core/errors.ts';
import { freeBytes } from './disk-room.ts';

const SYSTEM_CODES = new Set(['ENOSPC', 'EDQUOT']);
const SQLITE_FULL = 13;
const GIT_WORDS = /No space left on device|Disk quota exceeded|Out of diskspace/;
/** Git often says only that it could not write; with less room than this, that is why. */
const FULL_BELOW_BYTES = 1024 * 1024;

export interface Pause {
  reason: 'disk_full' | 'disk_low' | 'failing_alike' | 'setup_fails';
  /** What met it, for people. */
  detail: string;
}

/** The pause that this forces on a run; null: the error is something else. */
export function pauseFor(error: unknown, folders: readonly string[]): Pause | null {
  if (error instanceof BatonError && error.code === 'E_DISK_LOW')
    return { reason: 'disk_low', detail: error.message };
  if (error instanceof BatonError && error.code === 'E_FAILING_ALIKE')
    return { reason: 'failing_alike', detail: error.message };
  if (error instanceof BatonError && error.code === 'E_SETUP')
    return { reason: 'setup_fails', detail: `${error.message}\n${error.fix}` };
  if (!isDiskFull(error, folders)) return null;
  const message = error instanceof Error ? error.message : '';
  // git often names a file and not the reason.
  return {
    reason: 'disk_full',
    detail: /disk|space/i.test(message) ? message : `The disk is full: ${message}`,
  };
}

/** Whether the store, git or a plain file found no room in one of these folders; also where that is only the cause. */
function isDiskFull(error: unknown, folders: readonly string[]): boolean {
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
