import { readFileSync, readdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../core/events.ts';
import { fold } from '../core/fold.ts';
import { progressOf, statusOf } from '../core/status.ts';
import { genesisLink, verifyChain } from './chain.ts';
import { expectCode } from './journal.contract.ts';
import { openTestStore } from './testing/open-store.ts';
import { sampleEvent } from './testing/sample-events.ts';
import { tempStateDir } from './testing/temp-store.ts';
import { upgradeEvent } from './upgrade.ts';

const CORPUS = fileURLToPath(new URL('../../test/journals/', import.meta.url));

/** A run as `test/journals/record.ts` wrote it, long ago or today. */
interface RecordedJournal {
  run_id: string;
  schema_version: number;
  events: { seq: number; at: string; body: string; prev_hash: string; hash: string }[];
  expected: {
    status: string;
    reason: string;
    progress: { settled: number; total: number };
    head: string;
    types: string[];
    steps: [string, string][];
  };
}

const readRecorded = (name: string): RecordedJournal =>
  JSON.parse(readFileSync(`${CORPUS}${name}`, 'utf8')) as RecordedJournal; // written by record.ts

const recordings = readdirSync(CORPUS).filter((name) => name.endsWith('.json'));

/** A store that holds the recorded rows, byte for byte. */
async function storeOf(recorded: RecordedJournal): Promise<string> {
  const dir = tempStateDir();
  const journal = await openTestStore(dir);
  await journal.createRun({ runId: recorded.run_id, workflow: 'w', request: 'r', at: 'then' });
  await journal[Symbol.asyncDispose]();
  const db = new DatabaseSync(`${dir}/journal.db`);
  const insert = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)');
  for (const row of recorded.events)
    insert.run(recorded.run_id, row.seq, row.at, row.body, row.prev_hash, row.hash);
  db.prepare('UPDATE runs SET seq = ?, head = ?').run(recorded.events.length, recorded.expected.head);
  db.close();
  return dir;
}

describe('journals of earlier versions', () => {
  it('AUD-7: are there for every schema version', () => {
    const versions = recordings.map((name) => readRecorded(name).schema_version).toSorted((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1));
  });

  it.each(recordings)('AUD-7: fold to the state that they had when they were written: %s', async (name) => {
    const recorded = readRecorded(name);
    await using journal = await openTestStore(await storeOf(recorded));
    const events = (await journal.read(recorded.run_id, 1)).map((event) => event.event);
    const state = fold(events);
    const steps = [...state.steps.values()].map((step) => [step.step.id, step.status]);
    expect(events.map((event) => event.type)).toEqual(recorded.expected.types);
    expect({ ...statusOf(state), progress: progressOf(state), steps }).toEqual({
      status: recorded.expected.status,
      reason: recorded.expected.reason,
      progress: recorded.expected.progress,
      steps: recorded.expected.steps,
    });
  });

  it.each(recordings)('AUD-7: still have the hashes that they were written with: %s', (name) => {
    const recorded = readRecorded(name);
    const rows = recorded.events.map((row) => ({ ...row, body: Buffer.from(row.body) }));
    const head = { seq: rows.length, hash: recorded.expected.head };
    expect(verifyChain(rows, genesisLink(recorded.run_id), head).problem).toBeNull();
  });

  it('CFG-14: refuses an event that a newer Baton wrote', async () => {
    await expectCode((async () => upgradeEvent(SCHEMA_VERSION + 1, sampleEvent(1)))(), 'E_STORE_NEWER');
  });

  it('refuses what is no event of any version', async () => {
    for (const version of [0, -1, 0.5, Number.NaN]) {
      await expectCode((async () => upgradeEvent(version, sampleEvent(1)))(), 'E_STORE');
    }
    for (const body of [null, 'text', {}, { type: 3 }, []]) {
      await expectCode((async () => upgradeEvent(1, body))(), 'E_STORE');
    }
    expect(upgradeEvent(1, sampleEvent(1))).toEqual(sampleEvent(1));
  });
});
