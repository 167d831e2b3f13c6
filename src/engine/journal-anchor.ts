/**
 * The event of a run's journal that a submission stands on: the last acceptance of exactly what is submitted. Its hash covers
 * everything before it, so that whoever has the commit can tell whether the journal was cut, rolled back or written anew.
 */
import type { JournalEvent, RunEvent } from '../core/events.ts';
import type { Hash, RevisionId } from '../core/results.ts';

export interface JournalAnchor {
  seq: number;
  hash: Hash;
}

/** The trailer that carries it. */
export const ANCHOR_TRAILER = 'Baton-Journal';

/** The same one in every attempt: nothing is accepted between two tries. null: nothing accepted it. */
export function anchorOf(events: readonly JournalEvent[], head: RevisionId): JournalAnchor | null {
  const begun = events.findIndex(({ event }) => isSubmitted(event, head));
  const before = begun < 0 ? events : events.slice(0, begun);
  const found =
    before.findLast(({ event }) => event.type === 'step_accepted' && event.revision === head) ?? null;
  return found === null ? null : { seq: found.seq, hash: found.hash };
}

/** From here on something outside of the journal names the anchor: an effect, or a commit that pointers were moved to. */
function isSubmitted(event: RunEvent, head: RevisionId): boolean {
  if (event.type === 'merge_ended') return event.pointed?.some((pointer) => pointer.head === head) === true;
  return event.type === 'effect_intended' && event.head === head;
}

export function sayAnchor({ seq, hash }: JournalAnchor): string {
  return `${seq} ${hash}`;
}

/** null: no such text. */
export function parseAnchor(text: string): JournalAnchor | null {
  const [, seq = '', hash = ''] = /^(\d{1,10}) ([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  return seq === '' ? null : { seq: Number(seq), hash };
}
