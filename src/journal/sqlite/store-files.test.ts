import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { expectCode } from '../journal.contract.ts';
import { openTestStore } from '../testing/open-store.ts';
import { contentOf, makeOldStore } from '../testing/old-store.ts';
import { sampleAppend, sampleArtifact, sampleEvents } from '../testing/sample-events.ts';
import { tempStateDir } from '../testing/temp-store.ts';
import { backupPath } from './migrate.ts';
import { STORE_VERSION } from './schema.ts';
import { storePaths } from './state-dir.ts';
import { within } from '../../testing/time-bounds.ts';

const MIGRATE = fileURLToPath(new URL('../testing/migrate-process.ts', import.meta.url));
const RUN = 'run-1';

/** Every file and folder below `dir` with its mode. */
function modesBelow(dir: string): Record<string, string> {
  const modes: Record<string, string> = { '.': (statSync(dir).mode & 0o777).toString(8) };
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    modes[name] = (statSync(join(dir, name)).mode & 0o777).toString(8);
  }
  return modes;
}

describe('the files of a store', () => {
  it.each([0o000, 0o022, 0o277])(
    'SEC-3: are for their owner only, whatever the umask is (%o)',
    async (mask) => {
      const dir = tempStateDir();
      const before = process.umask(mask);
      try {
        await using journal = await openTestStore(dir);
        await journal.createRun({ runId: RUN, workflow: 'w', request: 'r', at: 'now' });
        const hold = await journal.hold(RUN, { takeOver: false });
        await journal.append(sampleAppend(hold, 0, { artifacts: [sampleArtifact('large', 70_000)] }));
        const modes = modesBelow(dir);
        expect(Object.keys(modes)).toEqual(
          expect.arrayContaining(['journal.db', 'journal.db-wal', `locks/${RUN}.lock`]),
        );
        for (const [name, mode] of Object.entries(modes)) {
          expect(mode, name).toBe(statSync(join(dir, name)).isDirectory() ? '700' : '600');
        }
      } finally {
        process.umask(before);
      }
    },
  );

  it('SEC-3: closes a state folder that was open to others', async () => {
    const dir = tempStateDir();
    const first = await openTestStore(dir);
    await first[Symbol.asyncDispose]();
    chmodSync(dir, 0o755);
    await using _ = await openTestStore(dir);
    expect(modesBelow(dir)['.']).toBe('700');
  });

  it('GIT-1: are ignored by the git repository around them', async () => {
    const dir = tempStateDir();
    await using _ = await openTestStore(dir);
    spawnSync('git', ['init', '-q', join(dir, '..')]);
    const status = spawnSync('git', ['status', '--porcelain', '--untracked-files=all'], {
      cwd: join(dir, '..'),
      encoding: 'utf8',
    });
    expect(status).toMatchObject({ status: 0, stdout: '' });
  });
});

describe('a store of another version', () => {
  it('CFG-14: is migrated with everything in it, after a backup that is a whole store of the old version', async () => {
    const dir = tempStateDir();
    await makeOldStore(dir, 1);
    const before = contentOf(storePaths(dir).database);
    {
      await using journal = await openTestStore(dir);
      expect((await journal.read(RUN, 1)).map((event) => event.event)).toEqual(sampleEvents(1, 20));
      expect(await journal.getArtifact(RUN, sampleArtifact('a', 900).hash)).not.toBeNull();
      const hold = await journal.hold(RUN, { takeOver: false });
      await journal.append(sampleAppend(hold, 20));
    }
    const backup = backupPath(storePaths(dir), 1);
    expect(contentOf(backup)).toEqual(before);
    expect(modesBelow(dir)[`journal.v1.db`]).toBe('600');
    expect(contentOf(storePaths(dir).database).version).toBe(STORE_VERSION);
  });

  it('CFG-14: is refused when it is newer, with every byte as it was', async () => {
    const dir = tempStateDir();
    await makeOldStore(dir, STORE_VERSION);
    const { database } = storePaths(dir);
    const db = new DatabaseSync(database);
    db.exec(`PRAGMA user_version = ${STORE_VERSION + 1}; PRAGMA wal_checkpoint(TRUNCATE)`);
    db.close();
    const before = readFileSync(database);
    const error = await expectCode(openTestStore(dir), 'E_STORE_NEWER');
    expect(error.message).toContain(`version ${STORE_VERSION + 1}`);
    expect(Buffer.compare(readFileSync(database), before)).toBe(0);
    expect(readdirSync(dir).filter((name) => name.startsWith('journal'))).toEqual(['journal.db']);
  });

  it('KILL-6: is old or new, never a mix, when the process is killed at any point of the migration', async () => {
    const seen = new Set<number>();
    let points = 0;
    for (let point = 1; ; point += 1) {
      const dir = tempStateDir();
      await makeOldStore(dir, 1);
      const { database } = storePaths(dir);
      const before = contentOf(database);
      const child = spawnSync(process.execPath, [MIGRATE, dir, String(point)], { encoding: 'utf8' });
      if (child.status === 0) break; // there are fewer points than this
      expect(child.signal, child.stderr).toBe('SIGKILL');
      points = point;
      const after = contentOf(database);
      seen.add(after.version);
      expect([1, STORE_VERSION]).toContain(after.version);
      expect({ ...after, version: 1 }).toEqual(before);
      await using journal = await openTestStore(dir);
      expect(await journal.verify(RUN)).toMatchObject({ ok: true, events: 20 });
      expect(contentOf(backupPath(storePaths(dir), 1))).toEqual(before);
    }
    expect(points).toBeGreaterThanOrEqual(8);
    expect(seen).toEqual(new Set([1, STORE_VERSION]));
  });

  it('KILL-6: comes into being whole or not at all, when the process is killed while it is made', async () => {
    for (let point = 1; ; point += 1) {
      const dir = tempStateDir();
      const child = spawnSync(process.execPath, [MIGRATE, dir, String(point)], { encoding: 'utf8' });
      if (child.status === 0) break;
      expect(child.signal, child.stderr).toBe('SIGKILL');
      expect(readdirSync(dir)).not.toContain('journal.db');
      await using journal = await openTestStore(dir);
      await journal.createRun({ runId: RUN, workflow: 'w', request: 'r', at: 'now' });
      expect(readdirSync(dir).filter((name) => name.includes('draft'))).toEqual([]);
    }
  });

  it('KILL-6: makes a new backup over the draft that a killed attempt left', async () => {
    const dir = tempStateDir();
    await makeOldStore(dir, 1);
    const backup = backupPath(storePaths(dir), 1);
    writeFileSync(`${backup}.draft`, 'half a copy');
    await using _ = await openTestStore(dir);
    expect(contentOf(backup).version).toBe(1);
    rmSync(backup);
  });
});

describe('a large store', () => {
  it('DOS-5: lists the newest of 10,000 runs, and those of a prefix, in under 200 ms', async () => {
    const dir = tempStateDir();
    await using journal = await openTestStore(dir);
    fillWithRuns(storePaths(dir).database, 10_000);
    const [newest, some, one] = await within(
      200,
      async () =>
        [
          await journal.listRuns({ limit: 50, prefix: '' }),
          await journal.listRuns({ limit: 50, prefix: 'run-00042' }),
          await journal.getRun('run-009999'),
        ] as const,
    );
    expect(newest.map((row) => row.runId).slice(0, 2)).toEqual(['run-009999', 'run-009998']);
    expect(newest).toHaveLength(50);
    expect(some).toHaveLength(10);
    expect(one?.runId).toBe('run-009999');
    const all = await within(1_000, () => journal.listRuns({ limit: 10_000, prefix: '' }));
    expect(all).toHaveLength(10_000);
  });
});

/** Straight into the table: 10,000 durable creations would only measure the disk. */
function fillWithRuns(database: string, count: number): void {
  const db = new DatabaseSync(database);
  const insert = db.prepare(
    `INSERT INTO runs VALUES (?, 'w', 'a request of some length', ?, ?, 'done', 'completed', 'build', 4, 4, 60, 1, ?, NULL)`,
  );
  db.exec('BEGIN');
  for (let number = 0; number < count; number += 1) {
    const at = new Date(1_700_000_000_000 + number * 60_000).toISOString();
    insert.run(`run-${String(number).padStart(6, '0')}`, at, at, 'f'.repeat(64));
  }
  db.exec('COMMIT');
  db.close();
}
