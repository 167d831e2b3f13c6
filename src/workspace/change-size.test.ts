import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openWorkspacesRig, ROOMY } from './workspaces-rig.ts';
import type { ChangeLimits } from './change-size.ts';
import type { Snapshot } from './workspaces.ts';
import { within } from '../testing/time-bounds.ts';

const GIB = 1024 ** 3;
const FILES = { 'a.txt': 'one\n', 'data.bin': 'x'.repeat(5_000), '.gitignore': 'built/\n' };

/** A snapshot of what an agent did to its checkout is made within so many milliseconds. */
const MOST_MS = 5_000;

/** What a snapshot says of an agent that did this to its checkout. */
async function measure(
  act: (checkout: string) => void,
  limits: ChangeLimits = ROOMY,
): Promise<{ snapshot: Snapshot; isBase: boolean }> {
  using rig = await openWorkspacesRig({ api: FILES });
  const workspace = await rig.workspaces.open(rig.runId, 'k', rig.base);
  act(workspace.repos[0]?.path ?? '');
  const order = { runId: rig.runId, workspace, base: rig.base, message: 'Work', key: 'k', limits };
  const snapshot = await within(MOST_MS, () => rig.workspaces.snapshot(order), { tries: 1 });
  return { snapshot, isBase: snapshot.revision.id === rig.base.id };
}

function createLarge(file: string, bytes: number): void {
  writeFileSync(file, '');
  truncateSync(file, bytes);
}

describe('a change that is too large to be measured', () => {
  it.each(['new.bin', 'a.txt'])(
    'OUT-9: six gigabytes in %s are refused in seconds and never read',
    async (name) => {
      const { snapshot, isBase } = await measure((checkout) => createLarge(join(checkout, name), 6 * GIB));
      expect(snapshot.excess).toEqual({
        path: `api/${name}`,
        problem: `holds ${6 * GIB} of ${6 * GIB} bytes of new content; ${ROOMY.maxBytes} is the limit`,
      });
      expect([isBase, snapshot.changes]).toEqual([true, []]);
    },
  );

  it('OUT-9: more new files than the limit are refused before any of them is read', async () => {
    const { snapshot, isBase } = await measure(
      (checkout) => {
        mkdirSync(join(checkout, 'many'));
        for (let n = 0; n < 300; n += 1) writeFileSync(join(checkout, 'many', `${n}.txt`), `${n}\n`);
      },
      { ...ROOMY, maxNewFiles: 299 },
    );
    expect(snapshot.excess).toEqual({ path: 'api/.', problem: 'holds more than 299 new files' });
    expect(isBase).toBe(true);
  });

  it('OUT-9: what is ignored, and what was that large in the base already, counts for nothing', async () => {
    const { snapshot } = await measure(
      (checkout) => {
        mkdirSync(join(checkout, 'built'));
        createLarge(join(checkout, 'built', 'large.bin'), 6 * GIB);
        for (let n = 0; n < 20; n += 1) writeFileSync(join(checkout, 'built', `${n}.txt`), '');
        writeFileSync(join(checkout, 'a.txt'), 'two\n');
        writeFileSync(join(checkout, 'new.txt'), 'new\n');
      },
      { maxNewFiles: 1, maxBytes: 100 },
    );
    expect(snapshot.excess).toBeNull();
    expect(snapshot.changes.map(({ path }) => path)).toEqual(['a.txt', 'new.txt']);
  });
});
