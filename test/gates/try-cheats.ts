/** One pass of real gates for each cell of a runner, all on one repository. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/results.ts';
import { gate, openGatesRig, type GatesRig } from '../../src/gates/testing/gates-rig.ts';
import { hasPytest, runsHere } from '../../src/gates/testing/system-programs.ts';
import { openWall } from '../../src/workspace/wall/open-wall.ts';
import { CHEATS, PLANTED, type CheatName, type Runner } from './cheat-table.ts';
import { LEFT } from '../../src/demo/rehearse/report-overwriter.ts';

const LIMIT_MS = 120_000;
const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });

function isThere(needs: Runner['needs']): boolean {
  if (needs === null) return true;
  return needs === 'pytest' ? hasPytest() : runsHere('which', needs);
}

/** Every runner has a word for every cheat: a cell that nobody filled in is no proof. */
export function expectFull(runners: readonly Runner[], names: readonly string[]): void {
  expect(runners.map(({ name }) => name)).toEqual(names);
  const cellsOf = ({ name, cells }: Runner): string[] =>
    CHEATS.filter((cheat) => Object.keys(cells[cheat]).length > 0).map((cheat) => `${name}: ${cheat}`);
  expect(runners.flatMap(cellsOf)).toEqual(
    names.flatMap((name) => CHEATS.map((cheat) => `${name}: ${cheat}`)),
  );
}

/** Ends that keep a change from a pull request. Bent tests are told to every reviewer, by the test's name; `named`: `hygiene` stops it at the line. */
const endsOf = (cheat: CheatName, runner: string): string[] =>
  cheat === 'weakened'
    ? ['fail', 'contradicted']
    : cheat === 'runner_replaced'
      ? ['fail', 'error', 'refused']
      : cheat === 'results_filtered'
        ? [CONTRADICTS_ITSELF.includes(runner) ? 'fail' : 'named']
        : ['fail', 'error'];

/** Runners that say twice what became of a test: whoever turns one of them is seen in the report. */
const CONTRADICTS_ITSELF = ['node:test', 'mocha', 'pytest', 'cargo test'];

/** What the log has where the cheat was really played. */
const SAID: Partial<Record<CheatName, string>> = { runner_planted: PLANTED, report_overwritten: LEFT };

/** The cells of one runner; where its program is not on the machine they are skipped by a title that says so. */
export function describeCheats(runner: Runner): void {
  const there = isThere(runner.needs);
  const missing = there ? '' : ` (SKIPPED: ${runner.needs ?? ''} is not on this machine)`;
  describe.skipIf(!there)(`${runner.name}${missing}`, () => {
    // The packages of this repository lie where nothing behind a wall sees them.
    const around = runner.needs === null ? {} : { wall };
    let rig: GatesRig;
    let logs = '';
    let forged: Finding[] = [];
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

    /** What becomes of this change: it is refused whole, or the status of its tests. */
    async function after(files: Record<string, string | null>): Promise<string> {
      const paths = Object.entries(files).map(([path, text]) => [`service/${path}`, text]);
      let revision;
      try {
        revision = await rig.change(rig.git.base, Object.fromEntries(paths) as typeof files);
      } catch (error) {
        if (String(error).includes('the change is refused')) return 'refused';
        throw error;
      }
      const pass = await rig.run(revision, around);
      const { status, contradicted = [] } = pass.of('tests');
      forged = pass
        .of('hygiene')
        .findings.filter(
          ({ blocking, problem, line }) =>
            blocking && line !== null && problem.includes('is reported of them'),
        );
      logs = pass.logs.join('\n');
      if (status === 'pass' && forged.length > 0) return 'named';
      return status === 'pass' && contradicted.length > 0 ? 'contradicted' : status;
    }

    it(
      'is green at the base, and red where the source is broken',
      async () => {
        expect((await rig.run(rig.git.base, around)).of('tests').status).toBe('pass');
        expect(await after(runner.broken)).toBe('fail');
      },
      LIMIT_MS,
    );

    for (const cheat of CHEATS) {
      const cell = runner.cells[cheat];
      if (typeof cell === 'string') continue;
      it(
        `PRIV-6, PRIV-7: is red for ${cheat}`,
        async () => {
          expect(endsOf(cheat, runner.name)).toContain(await after(cell));
          expect(logs).toContain(SAID[cheat] ?? '');
        },
        LIMIT_MS,
      );
    }
  });
}
