import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { simulateEvents } from '../testing/events.ts';
import { storeRun } from '../testing/store-run.ts';
import { openCli } from './testing/captured-context.ts';
import { cpuMs, within } from '../testing/time-bounds.ts';

const IS_FULL = process.env['BATON_TEST_FULL'] === '1';
const RUNS = 10_000;
const EVENTS = IS_FULL ? 1_000_000 : 100_000;
const WHOLE_RUNS = 20;
const MOST_MS = 200;

/** Older runs straight into the tables: 10,000 durable creations would only measure the disk. */
function fill(database: string): void {
  const db = new DatabaseSync(database);
  const numbers = 'WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)';
  const id = "'old-' || printf('%06d', n)";
  const at = "strftime('%Y-%m-%dT%H:%M:%S.000Z', 1500000000 + n * 60, 'unixepoch')";
  db.exec('PRAGMA synchronous = OFF; BEGIN');
  db.prepare(
    `${numbers} INSERT INTO runs SELECT ${id}, 'w', 'a request of some length', ${at}, ${at}, 'done', 'completed', 'build', 4, 4, 60, 1, hex(randomblob(32)), NULL FROM numbers`,
  ).run(RUNS - WHOLE_RUNS);
  const each = Math.ceil(EVENTS / RUNS);
  db.prepare(
    `${numbers}, seqs(s) AS (SELECT 1 UNION ALL SELECT s + 1 FROM seqs WHERE s < ${each})
     INSERT INTO events SELECT ${id}, s, ${at}, '{"type":"step_started","step":"implement","round":1}', hex(randomblob(32)), hex(randomblob(32)) FROM numbers, seqs`,
  ).run(RUNS - WHOLE_RUNS);
  db.exec('COMMIT');
  db.close();
}

describe(`DOS-5: a store with 10,000 runs and ${EVENTS.toLocaleString('en-US')} events`, () => {
  it('is opened without a scan, and lists a page of runs, and one run, in under 200 ms each', async () => {
    using cli = openCli();
    {
      await using journal = await cli.openJournal();
      for (let number = 0; number < WHOLE_RUNS; number += 1) {
        const runId = `run-${String(number).padStart(3, '0')}`;
        await storeRun(journal, simulateEvents({ runId, answer: () => null }));
      }
    }
    // Once over a small store, so that nothing is loaded while time is taken.
    for (const command of ['runs', 'status', 'log']) await cli.run(command);
    fill(join(cli.dir, '.baton', 'journal.db'));

    const measure = { clock: cpuMs };
    await within(MOST_MS, async () => (await cli.openJournal())[Symbol.asyncDispose](), measure);
    for (const argv of [['runs'], ['runs', '--json'], ['status', 'run-003'], ['log', 'run-003']]) {
      const { code, out } = await within(MOST_MS, () => cli.run(...argv), measure);
      expect([argv, code, out.includes('run-003')]).toEqual([argv, 0, true]);
    }
    await using journal = await cli.openJournal();
    const page = await within(MOST_MS, () => journal.listRuns({ limit: 100, prefix: '' }), measure);
    expect(page).toHaveLength(100);
  });
});
