import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../core/errors.ts';
import { BatonError, IntegrityError } from '../../core/errors.ts';
import { expectCode } from '../journal.contract.ts';
import { openTestStore } from '../testing/open-store.ts';
import { sampleAppend, sampleArtifact, sampleEvents } from '../testing/sample-events.ts';
import { tempStateDir } from '../testing/temp-store.ts';

const AT = '2026-01-02T03:04:05.000Z';

/** A closed store with `runs` of `count` events each. */
async function storeWith(runs: string[], count: number): Promise<string> {
  const dir = tempStateDir();
  await using journal = await openTestStore(dir);
  for (const runId of runs) {
    await journal.createRun({ runId, workflow: 'w', request: 'r', at: AT });
    const hold = await journal.hold(runId, { takeOver: false });
    await journal.append(sampleAppend(hold, 0, { events: sampleEvents(1, count) }));
  }
  return dir;
}

/** What somebody with the file in hands can do to it. */
function tamper(dir: string, ...statements: string[]): void {
  const db = new DatabaseSync(join(dir, 'journal.db'));
  for (const statement of statements) db.exec(statement);
  db.close();
}

async function expectBroken(dir: string, runId: string, seq: number): Promise<void> {
  await using journal = await openTestStore(dir);
  expect(await journal.verify(runId)).toMatchObject({ ok: false, problem: { seq } });
  const error = await expectCode(journal.read(runId, 1), 'E_INTEGRITY');
  expect((error as IntegrityError).seq).toBe(seq);
  expect(error.message).toContain(`seq=${seq}`);
  expect((await journal.readDamaged(runId)).length).toBeGreaterThan(0);
  // A damage of the run's row is found behind the last event: then all of them are as they were.
  const intact = await journal.readIntact(runId);
  expect(intact.damage).toMatchObject({ seq });
  const seqs = intact.events.map((event) => event.seq);
  expect(seqs.length).toBeGreaterThanOrEqual(seq - 1);
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  expect(intact.events.map((event) => event.event)).toEqual(sampleEvents(1, seqs.length));
  // What lies before the damage can be had without reading on to it.
  const first = await journal.readIntact(runId, seq - 1);
  expect(first.events).toHaveLength(seq - 1);
  expect(first.damage === null).toBe(seq > 1);
}

describe('a store that was changed', () => {
  const changes: [string, string, number][] = [
    [
      'an edited event',
      `UPDATE events SET body = replace(body, 'needed', 'Needed') WHERE run_id = 'a' AND seq = 7`,
      7,
    ],
    ['an edited time', `UPDATE events SET at = '2020-01-01T00:00:00.000Z' WHERE run_id = 'a' AND seq = 7`, 7],
    ['a deleted event', `DELETE FROM events WHERE run_id = 'a' AND seq = 5`, 5],
    ['a deleted first event', `DELETE FROM events WHERE run_id = 'a' AND seq = 1`, 1],
    ['a cut tail', `DELETE FROM events WHERE run_id = 'a' AND seq > 8`, 9],
    [
      'two swapped events',
      `UPDATE events SET seq = -seq WHERE run_id = 'a' AND seq IN (4, 5);
       UPDATE events SET seq = 9 + seq WHERE run_id = 'a' AND seq < 0`,
      4,
    ],
    [
      'a duplicated event',
      `INSERT INTO events SELECT run_id, 13, at, body, prev_hash, hash FROM events WHERE run_id = 'a' AND seq = 12`,
      13,
    ],
    [
      "another run's event in its place",
      `DELETE FROM events WHERE run_id = 'a' AND seq = 6;
       INSERT INTO events SELECT 'a', seq, at, body, prev_hash, hash FROM events WHERE run_id = 'b' AND seq = 6`,
      6,
    ],
    [
      "another run's whole log copied in",
      `DELETE FROM events WHERE run_id = 'a';
       INSERT INTO events SELECT 'a', seq, at, body, prev_hash, hash FROM events WHERE run_id = 'b';
       UPDATE runs SET head = (SELECT head FROM runs WHERE run_id = 'b') WHERE run_id = 'a'`,
      1,
    ],
  ];

  it.each(changes)(
    'STORE-1: names the first bad event of %s, and still lets people look',
    async (_, sql, seq) => {
      const dir = await storeWith(['a', 'b'], 12);
      tamper(dir, sql);
      await expectBroken(dir, 'a', seq);
      await using journal = await openTestStore(dir);
      expect(await journal.verify('b')).toMatchObject({ ok: true, events: 12 });
      expect(await journal.read('b', 1)).toHaveLength(12);
    },
  );

  it('STORE-1: finds a bit that was flipped in the file itself', async () => {
    const dir = await storeWith(['a'], 12);
    const file = join(dir, 'journal.db');
    const at = readFileSync(file).indexOf('build/step-7');
    expect(at).toBeGreaterThan(0);
    flipBit(file, at + 3);
    await expectBroken(dir, 'a', 7);
  });

  it('STORE-1: answers any damaged page with a typed error or an unharmed log, never with a wrong one', async () => {
    const dir = await storeWith(['a'], 60);
    const file = join(dir, 'journal.db');
    const whole = readFileSync(file);
    const original = (await readAll(dir)) ?? [];
    let refused = 0;
    for (let at = 100; at < whole.length; at += 1_013) {
      writeFileSync(file, whole);
      flipBit(file, at);
      const events = await readAll(dir);
      if (events === null) refused += 1;
      expect((events ?? original).map((event) => event.event)).toEqual(sampleEvents(1, 60));
    }
    expect(refused).toBeGreaterThan(5);
  });

  it('STORE-1: does not give out an artifact that is no longer what was stored', async () => {
    const dir = await storeWith(['a'], 1);
    const small = sampleArtifact('small', 500);
    const [changed, lost] = [sampleArtifact('changed', 70_000), sampleArtifact('lost', 80_000)];
    {
      await using journal = await openTestStore(dir);
      const hold = await journal.hold('a', { takeOver: false });
      await journal.append(sampleAppend(hold, 1, { artifacts: [small, changed, lost] }));
    }
    tamper(
      dir,
      `UPDATE artifacts SET body = zeroblob(500) WHERE hash = '${small.hash}'`,
      `UPDATE artifacts SET hash = '${'0'.repeat(64)}' WHERE hash = '${lost.hash}'`,
    );
    flipBit(join(dir, 'artifacts', changed.hash.slice(0, 2), changed.hash), 69_999);
    await using journal = await openTestStore(dir);
    for (const hash of [small.hash, changed.hash, '0'.repeat(64)]) {
      await expectCode(journal.getArtifact('a', hash), 'E_INTEGRITY');
    }
  });

  it('STORE-2: without its log, is an older whole state, and verification claims no more than that', async () => {
    const dir = await storeWith(['a'], 3);
    const live = await openTestStore(dir);
    const hold = await live.hold('a', { takeOver: false });
    await live.append(sampleAppend(hold, 3, { events: sampleEvents(4, 5) }));
    // As after a crash: the main file alone, with the last events only in the log that is now missing.
    const copy = tempStateDir();
    await using empty = await openTestStore(copy);
    await empty[Symbol.asyncDispose]();
    writeFileSync(join(copy, 'journal.db'), mainFileOf(dir));
    await live[Symbol.asyncDispose]();
    await using journal = await openTestStore(copy);
    expect(await journal.verify('a')).toMatchObject({ ok: true, events: 3, anchored: false });
  });
});

/** Read by another process: opening it here would drop the locks of the open journal. */
function mainFileOf(dir: string): Buffer {
  return execFileSync('cat', [join(dir, 'journal.db')], { maxBuffer: 64 * 1024 * 1024 });
}

const REFUSALS: string[] = ['E_INTEGRITY', 'E_STORE', 'E_STORE_FOREIGN', 'E_STORE_NEWER', 'E_NOT_FOUND'];

/** The events; null: they were refused by one of the errors that say so. */
async function readAll(dir: string) {
  try {
    await using journal = await openTestStore(dir);
    return await journal.read('a', 1);
  } catch (error) {
    if (error instanceof BatonError && REFUSALS.includes(error.code)) return null;
    throw error;
  }
}

function flipBit(file: string, at: number): void {
  const bytes = readFileSync(file);
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.from([(bytes[at] ?? 0) ^ 4]), 0, 1, at);
  closeSync(handle);
}

describe('a file that is no store of ours', () => {
  const build = (file: string, ...statements: string[]): void => {
    const db = new DatabaseSync(file);
    for (const statement of statements) db.exec(statement);
    db.close();
  };
  const OURS = 'PRAGMA application_id = 0x4241544e';
  const strangers: [string, (file: string) => void, ErrorCode][] = [
    ['a text file', (file) => writeFileSync(file, 'not a database\n'.repeat(50)), 'E_STORE'],
    ['a short text file', (file) => writeFileSync(file, 'x'), 'E_STORE'],
    ['an empty file', (file) => writeFileSync(file, ''), 'E_STORE'],
    ["another program's database", (file) => build(file, 'CREATE TABLE t (x)'), 'E_STORE_FOREIGN'],
    [
      "another program's database with a log",
      (file) => build(file, 'PRAGMA journal_mode = WAL', 'PRAGMA application_id = 77', 'CREATE TABLE t (x)'),
      'E_STORE_FOREIGN',
    ],
    [
      'our id with other tables',
      (file) => build(file, OURS, 'PRAGMA user_version = 2', 'CREATE TABLE runs (x)'),
      'E_STORE_FOREIGN',
    ],
    [
      'our id without any tables',
      (file) => build(file, OURS, 'PRAGMA user_version = 0', 'VACUUM'),
      'E_STORE_FOREIGN',
    ],
    [
      'a newer store',
      (file) => build(file, OURS, 'PRAGMA user_version = 3', 'CREATE TABLE things (x)'),
      'E_STORE_NEWER',
    ],
  ];

  it.each(strangers)('STORE-2: refuses %s and leaves it as it is', async (_, make, code) => {
    const dir = await storeWith([], 0);
    const file = join(dir, 'journal.db');

    rmSync(file);
    make(file);
    const before = readFileSync(file);
    const names = readdirSync(dir);
    const error = await expectCode(openTestStore(dir), code);
    expect(error.message).toContain(file);
    expect(Buffer.compare(readFileSync(file), before)).toBe(0);
    expect(readdirSync(dir)).toEqual(names);
  });

  it('STORE-2: refuses a store of ours to which somebody added a trigger', async () => {
    const dir = await storeWith(['a'], 2);
    tamper(dir, 'CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM runs; END');
    await expectCode(openTestStore(dir), 'E_STORE_FOREIGN');
  });

  it('STORE-2: refuses our very tables under the id of another program', async () => {
    const dir = await storeWith(['a'], 2);
    tamper(dir, 'PRAGMA application_id = 77');
    const error = await expectCode(openTestStore(dir), 'E_STORE_FOREIGN');
    expect(error.message).toContain('application id 77');
  });

  it('STORE-2: says of an empty file that a store was there', async () => {
    const dir = await storeWith([], 0);
    writeFileSync(join(dir, 'journal.db'), '');
    expect((await expectCode(openTestStore(dir), 'E_STORE')).message).toContain('is empty: a store was here');
  });

  it('STORE-2: refuses to begin anew where only the log of a store is left', async () => {
    const dir = await storeWith([], 0);
    renameSync(join(dir, 'journal.db'), join(dir, 'journal.db-wal'));
    await expectCode(openTestStore(dir), 'E_STORE');
    expect(readdirSync(dir)).not.toContain('journal.db');
  });

  it('STORE-2: refuses a folder in the place of the database', async () => {
    const dir = await storeWith([], 0);
    rmSync(join(dir, 'journal.db'));
    mkdirSync(join(dir, 'journal.db'));
    await expectCode(openTestStore(dir), 'E_STORE');
  });
});
