/** Every cheat is red: one table, one pass of real gates for each of its cells. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gate, openGatesRig, type GatesRig } from '../../src/gates/testing/gates-rig.ts';
import { CHEATS, runners } from './cheat-table.ts';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const LIMIT_MS = 120_000;
const RUNNERS = runners(MODULES);

it('PRIV-6: has a cell for every cheat in each of these runners, files or the reason why there is no such cheat', () => {
  expect(RUNNERS.map(({ name }) => name)).toEqual(['node:test', 'vitest']);
  for (const { name, cells } of RUNNERS) {
    expect(Object.keys(cells).sort(), name).toEqual([...CHEATS].sort());
    for (const [cheat, cell] of Object.entries(cells))
      expect(
        typeof cell === 'string' ? cell.length : Object.keys(cell).length,
        `${cheat} in ${name}`,
      ).toBeGreaterThan(0);
  }
});

describe.each(RUNNERS)('$name', (runner) => {
  let rig: GatesRig;
  beforeAll(async () => {
    const setup =
      runner.setup === null
        ? null
        : gate({ name: 'setup', kind: 'setup', command: [runner.setup], shell: true });
    rig = await openGatesRig(
      { service: runner.files },
      { service: [{ path: '.', setup, gates: [runner.tests] }] },
    );
  }, LIMIT_MS);
  afterAll(() => rig[Symbol.dispose]());

  /** What becomes of this change: the status of its tests. */
  async function after(files: Record<string, string | null>): Promise<string> {
    const paths = Object.entries(files).map(([path, text]) => [`service/${path}`, text]);
    const revision = await rig.change(rig.git.base, Object.fromEntries(paths) as typeof files);
    const { status, contradicted = [] } = (await rig.run(revision)).of('tests');
    // Green as it was edited, red as the base has it: every reviewer is told.
    return status === 'pass' && contradicted.length > 0 ? 'contradicted' : status;
  }

  it(
    'is green at the base, and red where the source is broken',
    async () => {
      expect((await rig.run(rig.git.base)).of('tests').status).toBe('pass');
      expect(await after(runner.broken)).toBe('fail');
    },
    LIMIT_MS,
  );

  const tried = CHEATS.flatMap((cheat) => {
    const cell = runner.cells[cheat];
    return typeof cell === 'string' ? [] : [{ cheat, cell }];
  });
  it.each(tried)(
    'PRIV-6, PRIV-7: is red for $cheat',
    async ({ cheat, cell }) => {
      const red = cheat === 'weakened' ? ['fail', 'contradicted'] : ['fail', 'error'];
      expect(red).toContain(await after(cell));
    },
    LIMIT_MS,
  );
});
