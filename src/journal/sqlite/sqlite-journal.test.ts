import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { describeJournal } from '../journal.contract.ts';
import { openTestStore } from '../testing/open-store.ts';

const parent = mkdtempSync(join(tmpdir(), 'baton-contract-'));
let count = 0;

describeJournal('SQLite', async () => {
  const dir = join(parent, String((count += 1)), '.baton');
  return {
    open: () => openTestStore(dir),
    loseLock: (runId) => rmSync(join(dir, 'locks', `${runId}.lock`)),
  };
});

afterAll(() => rmSync(parent, { recursive: true, force: true }));
