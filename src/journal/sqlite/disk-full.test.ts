import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../journal.contract.ts';
import { readOwnIdentity } from '../process-identity.ts';
import type { FullDiskReport } from '../testing/full-disk-process.ts';
import { openTestStore } from '../testing/open-store.ts';
import { sampleAppend, sampleArtifact } from '../testing/sample-events.ts';
import { tempStateDir } from '../testing/temp-store.ts';
import { SqliteJournal } from './sqlite-journal.ts';
import { storePaths } from './state-dir.ts';

const SCRIPT = fileURLToPath(new URL('../testing/full-disk-process.ts', import.meta.url));
/** Its own mount namespace: the small disk is seen by the process alone and is gone with it. */
const ISOLATED = { program: 'unshare', args: ['--mount', '--propagation', 'private', 'sh', '-c'] };
const SMALL_DISK = 'mount -t tmpfs -o size=3m tmpfs "$1" || exit 9; shift; exec "$@"';

const canMount =
  spawnSync(ISOLATED.program, [...ISOLATED.args, SMALL_DISK, 'sh', '/mnt', 'true']).status === 0;

const RUN = 'run-1';
const options = () => ({ clock: () => new Date(), host: readOwnIdentity(hostname()) });

/** A journal on a connection that the test can restrict. */
async function journalOn(dir: string): Promise<{ db: DatabaseSync; journal: SqliteJournal }> {
  const setup = await openTestStore(dir);
  await setup.createRun({ runId: RUN, workflow: 'w', request: 'r', at: 'now' });
  await setup[Symbol.asyncDispose]();
  const paths = storePaths(dir);
  const db = new DatabaseSync(paths.database);
  return { db, journal: new SqliteJournal(db, paths, options()) };
}

describe('a disk that refuses', () => {
  it.skipIf(!canMount)(
    'DISK-1: loses and invents nothing when the disk is full at the n-th write, 40 times (needs root: a tmpfs of 3 MB)',
    () => {
      const folder = dirname(tempStateDir());
      mkdirSync(folder, { recursive: true });
      const run = spawnSync(
        ISOLATED.program,
        [...ISOLATED.args, SMALL_DISK, 'sh', folder, process.execPath, SCRIPT, folder],
        {
          encoding: 'utf8',
        },
      );
      expect(run.stderr).toBe('');
      const report = JSON.parse(run.stdout) as FullDiskReport; // printed by full-disk-process.ts
      expect(report).toMatchObject({ rounds: 40, codes: { E_DISK_FULL: 40 }, leftovers: [] });
      // It was not one place that it stopped at, but many.
      expect(new Set(report.before).size).toBeGreaterThan(4);
    },
  );

  it('DISK-1: keeps the hold and what was there when SQLite has no page left (by its page limit)', async () => {
    const { db, journal } = await journalOn(tempStateDir());
    await using _ = journal;
    const hold = await journal.hold(RUN, { takeOver: false });
    let seq = 0;
    for (let round = 0; round < 20; round += 1) {
      const pages = Number(db.prepare('PRAGMA page_count').get()?.['page_count']);
      db.exec(`PRAGMA max_page_count = ${pages + (round % 5)}`);
      const refused = (async () => {
        for (;;) {
          const artifacts = [sampleArtifact(`${round}-${seq}`, 30_000)];
          seq += (await journal.append(sampleAppend(hold, seq, { artifacts }))).length;
        }
      })();
      await expectCode(refused, 'E_DISK_FULL');
      expect(await journal.verify(RUN)).toMatchObject({ ok: true, events: seq });
      db.exec('PRAGMA max_page_count = 1000000');
      seq += (await journal.append(sampleAppend(hold, seq))).length;
    }
    expect(await journal.read(RUN, 1)).toHaveLength(seq);
  });

  it('DISK-2: says E_DISK_IO when nothing can be written, goes on when it can, and releases in any case', async () => {
    const { db, journal } = await journalOn(tempStateDir());
    await using _ = journal;
    const hold = await journal.hold(RUN, { takeOver: false });
    db.exec('PRAGMA query_only = ON');
    await expectCode(journal.append(sampleAppend(hold, 0)), 'E_DISK_IO');
    const message = { kind: 'cancel', reason: '', name: 'Ada', via: 'cli' } as const;
    await expectCode(journal.post(RUN, message), 'E_DISK_IO');
    db.exec('PRAGMA query_only = OFF');
    expect(await journal.append(sampleAppend(hold, 0))).toHaveLength(1);
    db.exec('PRAGMA query_only = ON');
    await hold.release();
    db.exec('PRAGMA query_only = OFF');
    expect(await journal.holder(RUN)).toBeNull();
    expect(await journal.hold(RUN, { takeOver: false })).toMatchObject({ epoch: 2, tookOver: true });
  });
});
