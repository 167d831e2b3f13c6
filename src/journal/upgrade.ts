/**
 * Reads events of every version that was ever stored. Each raise of SCHEMA_VERSION adds one step here and
 * one stored journal to `test/journals/`; no step is ever taken out.
 */
import { BatonError } from '../core/errors.ts';
import { SCHEMA_VERSION } from '../core/events.ts';
import type { RunEvent } from '../core/events.ts';

/** Brings a stored event to today's form. Throws E_STORE_NEWER for one that a newer Baton wrote. */
export function upgradeEvent(schemaVersion: number, body: unknown): RunEvent {
  if (schemaVersion > SCHEMA_VERSION) {
    throw new BatonError({
      code: 'E_STORE_NEWER',
      message: `An event was written with schema version ${schemaVersion}; this Baton reads up to ${SCHEMA_VERSION}.`,
      fix: 'Install the Baton that wrote this run, or a newer one. Nothing was changed.',
    });
  }
  if (!Number.isInteger(schemaVersion) || schemaVersion < 1) {
    throw unreadable(`its schema version is ${String(schemaVersion)}`);
  }
  // Version 1 is today's form. A later version puts its steps here, oldest first.
  return parseEvent(body);
}

function parseEvent(body: unknown): RunEvent {
  if (typeof body !== 'object' || body === null || !('type' in body) || typeof body.type !== 'string') {
    throw unreadable('it has no type');
  }
  // The chain has shown that these are the bytes that Baton wrote, and it only writes RunEvents.
  return body as RunEvent;
}

function unreadable(problem: string): BatonError {
  return new BatonError({
    code: 'E_STORE',
    message: `An event cannot be read: ${problem}.`,
    fix: 'Check the run with `baton verify`, and restore the store from a backup if it is damaged.',
  });
}
