/** The one table from errors and run statuses to exit codes. */
import { BatonError, type ErrorCode } from '../core/errors.ts';
import type { RunStatus } from '../core/words.ts';

export const EXIT = {
  done: 0,
  /** A rehearsal saw a rogue that nothing stopped, or could not try one that was asked for by name. */
  notStopped: 1,
  usage: 2,
  failed: 3,
  waitsForHuman: 4,
  integrity: 5,
  held: 6,
  paused: 7,
  bug: 70,
  interrupted: 130,
} as const;

/** Codes that do not mean "usage or configuration". */
const CODES: Partial<Record<ErrorCode, number>> = {
  E_INTEGRITY: EXIT.integrity,
  E_AUDIT_ROLLBACK: EXIT.integrity,
  E_DEFINITION_DRIFT: EXIT.integrity,
  E_HELD: EXIT.held,
  E_FENCED: EXIT.held,
  E_DISK_FULL: EXIT.paused,
  E_DISK_IO: EXIT.paused,
  E_DISK_LOW: EXIT.paused,
  E_GIT: EXIT.failed,
  E_BUG: EXIT.bug,
};

/** The exit code of an error; whatever is no error of ours is our bug. */
export function exitOfError(error: unknown): number {
  return error instanceof BatonError ? (CODES[error.code] ?? EXIT.usage) : EXIT.bug;
}

/** The exit code of a command that leaves a run in this status. */
export function exitOfStatus(status: RunStatus): number {
  switch (status) {
    case 'done':
    case 'running':
      return EXIT.done;
    case 'failed':
    case 'cancelled':
      return EXIT.failed;
    case 'waiting_human':
      return EXIT.waitsForHuman;
    case 'waiting_retry':
    case 'paused':
      return EXIT.paused;
    case 'interrupted':
      return EXIT.interrupted;
  }
}
