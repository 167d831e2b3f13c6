/**
 * The hash chain over a run's events. Every event's hash covers the one before it, its own sequence and
 * the exact bytes that are stored, so that no event can be changed, dropped, added or moved unseen. What
 * the chain alone cannot show is a tail that was cut together with the run's row: that needs an anchor
 * outside the store.
 */
import { createHash, hash } from 'node:crypto';
import type { RunEvent } from '../core/events.ts';
import type { Hash } from '../core/results.ts';

/** One event as it lies in the store. */
export interface StoredEvent {
  seq: number;
  at: string;
  /** UTF-8 JSON `{at, schema_version, event}`, byte for byte. */
  body: Uint8Array;
  prev_hash: Hash;
  hash: Hash;
}

/** The last event known to be good: what the next one has to follow. */
export interface ChainLink {
  seq: number;
  hash: Hash;
}

export interface ChainProblem {
  seq: number;
  detail: string;
  /** What is there is whole, and its end is missing. */
  cut?: true;
}

/** What an event's stored body says; `at` and `schema_version` lie inside, so that the hash covers them. */
export interface EventBody {
  at: string;
  schema_version: number;
  event: RunEvent;
}

/** Where a run's chain begins: bound to the run, so that another run's events never fit. */
export function genesisLink(runId: string): ChainLink {
  return { seq: 0, hash: hash('sha256', `baton${runId}`) };
}

/** The hash of one event over the one before. */
export function chainHash(previous: Hash, seq: number, body: string | Uint8Array): Hash {
  const head = `${previous}\n${seq}\n`;
  // One body holds a whole graph: it is not copied to be hashed.
  return createHash('sha256').update(head).update(body).digest('hex');
}

/** The first thing wrong with `row` as the successor of `previous`; null: it fits. */
export function checkLink(previous: ChainLink, row: StoredEvent): ChainProblem | null {
  const seq = previous.seq + 1;
  if (row.seq > seq) return { seq, detail: `event ${seq} is missing, ${row.seq} comes next` };
  if (row.seq < seq) return { seq, detail: `event ${row.seq} stands where ${seq} belongs` };
  if (row.prev_hash !== previous.hash) return { seq, detail: 'it does not follow the event before it' };
  if (row.hash !== chainHash(previous.hash, seq, row.body))
    return { seq, detail: 'its content does not match its hash' };
  const stamp = `{"at":${JSON.stringify(row.at)},`;
  if (Buffer.from(row.body.subarray(0, Buffer.byteLength(stamp))).toString('utf8') !== stamp) {
    return { seq, detail: 'its time column does not match its content' };
  }
  return null;
}

/** The first thing wrong with the end of a chain, against what the run's row says; null: nothing. */
export function checkEnd(last: ChainLink, expected: ChainLink): ChainProblem | null {
  if (last.seq < expected.seq) {
    return {
      seq: last.seq + 1,
      detail: `the tail was cut: the run has ${expected.seq} events, ${last.seq} are there`,
      cut: true,
    };
  }
  if (last.seq > expected.seq) {
    return { seq: expected.seq + 1, detail: `the run has ${expected.seq} events, ${last.seq} are there` };
  }
  if (last.hash !== expected.hash)
    return { seq: Math.max(1, last.seq), detail: "it is not the run's recorded head" };
  return null;
}

/** Walks `rows` from `start` to `expected`, and names the first broken place. */
export function verifyChain(
  rows: Iterable<StoredEvent>,
  start: ChainLink,
  expected: ChainLink,
): { last: ChainLink; problem: ChainProblem | null } {
  let last = start;
  for (const row of rows) {
    const problem = checkLink(last, row);
    if (problem !== null) return { last, problem };
    last = { seq: row.seq, hash: row.hash };
  }
  return { last, problem: checkEnd(last, expected) };
}
