/**
 * Fills the small file system it was given, again and again, at another write each time, and checks that
 * the store neither loses nor invents anything. `node full-disk-process.ts FOLDER`; prints what it saw as JSON.
 */
import { closeSync, openSync, readdirSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { BatonError } from '../../core/errors.ts';
import type { Journal } from '../journal.ts';
import { openTestStore } from './open-store.ts';
import { sampleAppend, sampleArtifact } from './sample-events.ts';

/** What is left free at the n-th round: n blocks, so that the disk ends one write later each time. */
const BLOCK = 4_096;
const ROUNDS = 40;
const RUN = 'run-1';

/** What the process prints at its end. */
export interface FullDiskReport {
  rounds: number;
  /** Refusals by code. */
  codes: Record<string, number>;
  /** How many appends went through before the refusal, per round. */
  before: number[];
  events: number;
  leftovers: string[];
}

function fillDisk(folder: string, keepBytes: number): void {
  const file = openSync(join(folder, 'filler'), 'a');
  try {
    for (;;) {
      const disk = statfsSync(folder);
      const spare = disk.bavail * disk.bsize - keepBytes;
      if (spare <= 0) return;
      writeSync(file, Buffer.alloc(Math.min(spare, 65_536)));
    }
  } finally {
    closeSync(file);
  }
}

const rowsOf = (journal: Journal) =>
  Promise.all([journal.readDamaged(RUN), journal.getRun(RUN), journal.pending(RUN)]);

function mustEqual(actual: unknown, expected: unknown, what: string): void {
  if (!isDeepStrictEqual(actual, expected)) throw new Error(`${what} differs`);
}

async function runRounds(folder: string): Promise<FullDiskReport> {
  const dir = join(folder, '.baton');
  const codes: Record<string, number> = {};
  const before: number[] = [];
  let journal = await openTestStore(dir);
  await journal.createRun({ runId: RUN, workflow: 'w', request: 'r', at: new Date().toISOString() });
  let hold = await journal.hold(RUN, { takeOver: false });
  let seq = 0;
  const append = async (bytes: number): Promise<void> => {
    const artifacts = [sampleArtifact(`round-${seq}`, bytes)];
    seq += (await journal.append(sampleAppend(hold, seq, { artifacts }))).length;
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    fillDisk(folder, round * BLOCK);
    let went = 0;
    let rows = await rowsOf(journal);
    try {
      // Every fourth round with artifacts that become files of their own.
      for (; went < 500; went += 1) {
        await append(round % 4 === 3 ? 70_000 : 700);
        rows = await rowsOf(journal);
      }
    } catch (error) {
      const { code } = error as BatonError; // anything else has no code, and the test sees `undefined`
      codes[code] = (codes[code] ?? 0) + 1;
    }
    before.push(went);
    mustEqual(await rowsOf(journal), rows, `round ${round}: what was there`);
    rmSync(join(folder, 'filler'));
    mustEqual(await rowsOf(journal), rows, `round ${round}: what was there, with space again`);
    // The same hold goes on, and so does a new connection after a restart.
    await append(700);
    if (round % 8 === 7) {
      await journal[Symbol.asyncDispose]();
      journal = await openTestStore(dir);
      hold = await journal.hold(RUN, { takeOver: false });
    }
  }
  const report = await journal.verify(RUN);
  mustEqual([report.ok, report.events], [true, seq], 'the log at the end');
  await journal[Symbol.asyncDispose]();
  const leftovers = readdirSync(join(dir, 'artifacts')).filter((name) => name.length !== 2);
  return { rounds: ROUNDS, codes, before, events: seq, leftovers };
}

const folder = process.argv[2];
if (folder !== undefined) process.stdout.write(`${JSON.stringify(await runRounds(folder))}\n`);
