/** A disk without room is nobody's fault and no end of a run: it pauses, whoever met it first. */
import { BatonError } from '../core/errors.ts';

const SYSTEM_CODES = new Set(['ENOSPC', 'EDQUOT']);
const SQLITE_FULL = 13;
/** Git has no code for it; it is run with the language of the C locale. */
const GIT_WORDS = /No space left on device|Disk quota exceeded/;

/** Whether the store, git or a plain file found no room; also where that is only the cause. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof BatonError)
    return (
      error.code === 'E_DISK_FULL' ||
      (error.code === 'E_GIT' && GIT_WORDS.test(error.message)) ||
      isDiskFull(error.cause)
    );
  if ('code' in error && SYSTEM_CODES.has(String(error.code))) return true;
  if ('errcode' in error && typeof error.errcode === 'number') return (error.errcode & 0xff) === SQLITE_FULL;
  return isDiskFull(error.cause);
}
