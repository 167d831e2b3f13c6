/** A run's events for those who need all of them again and again: what is known is not read twice. */
import { IntegrityError } from '../core/errors.ts';
import type { JournalEvent } from '../core/events.ts';
import type { Journal } from '../journal/journal.ts';

/** All events so far. Throws `IntegrityError` where those since the last time do not follow what is known. */
export type ReadHistory = () => Promise<readonly JournalEvent[]>;

export function openHistory(journal: Pick<Journal, 'read'>, runId: string): ReadHistory {
  let known: readonly JournalEvent[] = [];
  return async () => {
    const read = await journal.read(runId, lastOf(known).seq + 1);
    const last = lastOf(known);
    // Somebody else may have asked meanwhile.
    const [next, ...more] = read.filter(({ seq }) => seq > last.seq);
    if (next === undefined) return known;
    if (last.hash !== null && next.prev_hash !== last.hash)
      throw new IntegrityError({ runId, seq: next.seq, problem: 'it does not follow what was read before' });
    known = [...known, next, ...more];
    return known;
  };
}

function lastOf(known: readonly JournalEvent[]): { seq: number; hash: string | null } {
  return known.at(-1) ?? { seq: 0, hash: null };
}
