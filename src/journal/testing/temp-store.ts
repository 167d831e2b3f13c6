/** A folder for a store that is gone after the test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A path for a state folder that does not exist yet; removed when the test ends. */
export function tempStateDir(): string {
  const parent = mkdtempSync(join(tmpdir(), 'baton-journal-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, '.baton');
}
