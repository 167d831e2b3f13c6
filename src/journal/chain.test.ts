import { describe, expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../core/events.ts';
import { chainHash, genesisLink, verifyChain } from './chain.ts';
import type { ChainLink, StoredEvent } from './chain.ts';
import { sampleEvents } from './testing/sample-events.ts';

const EVENTS = 200;
const AT = '2026-01-02T03:04:05.678Z';

function buildLog(runId: string, count: number): StoredEvent[] {
  let last = genesisLink(runId);
  return sampleEvents(1, count).map((event) => {
    const body = Buffer.from(JSON.stringify({ at: AT, schema_version: SCHEMA_VERSION, event }));
    const row = {
      seq: last.seq + 1,
      at: AT,
      body,
      prev_hash: last.hash,
      hash: chainHash(last.hash, last.seq + 1, body),
    };
    last = row;
    return row;
  });
}

const log = buildLog('run-1', EVENTS);
const rowAt = (seq: number): StoredEvent => log[seq - 1] ?? fail();
const linkBefore = (seq: number): ChainLink => (seq === 1 ? genesisLink('run-1') : rowAt(seq - 1));
const head: ChainLink = rowAt(EVENTS);

function fail(): never {
  throw new Error('no such event');
}

/** The first broken sequence that a verification of the whole log names. */
const firstBad = (rows: StoredEvent[]): number | null =>
  verifyChain(rows, genesisLink('run-1'), head).problem?.seq ?? null;

const replaced = (seq: number, row: StoredEvent): StoredEvent[] => log.with(seq - 1, row);

/** Every text that differs from `text` in one bit of one byte, up to a step through them. */
function* flips(bytes: Uint8Array, stepBits: number): Generator<Buffer> {
  for (let bit = 0; bit < bytes.length * 8; bit += stepBits) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield flipped;
  }
}

function* corruptions(row: StoredEvent, stepBits: number): Generator<StoredEvent> {
  for (const body of flips(row.body, stepBits)) yield { ...row, body };
  for (const column of ['at', 'prev_hash', 'hash'] as const) {
    // latin1, so that every flipped byte stays one letter of its own
    for (const bytes of flips(Buffer.from(row[column]), stepBits))
      yield { ...row, [column]: bytes.toString('latin1') };
  }
  for (let bit = 0; bit < 32; bit += 1) yield { ...row, seq: (row.seq ^ (1 << bit)) >>> 0 };
}

describe('the hash chain', () => {
  it('is whole as it was written, and its first hash belongs to the run', () => {
    expect(verifyChain(log, genesisLink('run-1'), head)).toMatchObject({
      problem: null,
      last: { seq: EVENTS },
    });
    expect(verifyChain(log, genesisLink('run-2'), head).problem?.seq).toBe(1);
  });

  it('AUD-1: finds a flip in every byte of every event of a 200-event log, at that event', () => {
    let tried = 0;
    const missed: string[] = [];
    for (const row of log) {
      // Seen from the event before it: what verification does when it arrives there.
      // 9 is prime to 8: each byte is hit, each time in another bit.
      for (const corrupt of corruptions(row, 9)) {
        tried += 1;
        const { problem } = verifyChain([corrupt], linkBefore(row.seq), row);
        if (problem?.seq !== row.seq) missed.push(`a change of event ${row.seq} was named ${problem?.seq}`);
      }
    }
    expect(missed).toEqual([]);
    expect(tried).toBeGreaterThan(50_000);
  });

  it('AUD-1: names the first bad event of the whole log for every event, whatever part of it was changed', () => {
    for (const row of log) {
      for (const corrupt of corruptions(row, 1_601))
        expect(firstBad(replaced(row.seq, corrupt))).toBe(row.seq);
    }
  });

  it('AUD-1: finds every deletion, duplicate, insertion, swap and event of another run', () => {
    const stranger = buildLog('run-2', EVENTS);
    for (let seq = 1; seq <= EVENTS; seq += 1) {
      const row = rowAt(seq);
      expect(firstBad(log.toSpliced(seq - 1, 1)), `delete ${seq}`).toBe(seq);
      expect(firstBad(log.toSpliced(seq, 0, row)), `duplicate ${seq}`).toBe(seq + 1);
      const forged = { ...row, body: Buffer.from('{}'), hash: chainHash(row.prev_hash, seq, '{}') };
      expect(firstBad(log.toSpliced(seq - 1, 0, forged)), `insert before ${seq}`).toBe(seq);
      expect(firstBad(replaced(seq, stranger[seq - 1] ?? fail())), `copy in ${seq}`).toBe(seq);
      if (seq === EVENTS) continue;
      const next = rowAt(seq + 1);
      expect(firstBad(log.toSpliced(seq - 1, 2, next, row)), `swap ${seq}`).toBe(seq);
      const renumbered = [
        { ...next, seq },
        { ...row, seq: seq + 1 },
      ];
      expect(firstBad(log.toSpliced(seq - 1, 2, ...renumbered)), `swap and renumber ${seq}`).toBe(seq);
    }
  });

  it('AUD-2: finds a cut tail, and an added one, by the head that the run has on record', () => {
    for (const left of [0, 1, 100, EVENTS - 1]) expect(firstBad(log.slice(0, left))).toBe(left + 1);
    expect(firstBad([...log, ...buildLog('run-1', EVENTS + 1).slice(EVENTS)])).toBe(EVENTS + 1);
    const other = { seq: EVENTS, hash: 'f'.repeat(64) };
    expect(verifyChain(log, genesisLink('run-1'), other).problem?.seq).toBe(EVENTS);
  });
});
