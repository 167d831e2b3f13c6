/** The rules by which faults are drawn, and the figures: nothing of it runs a gate. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_WALL } from '../src/workspace/wall/open-wall.ts';
import { makeTasks, PROJECT_NAMES } from './built-in-tasks.ts';
import type { CleanMeasured } from './clean.ts';
import { evaluate } from './evaluate.ts';
import { cheatsOn, halved } from './faults/cheats.ts';
import { criteriaOf, NO_CRITERIA, testNames } from './faults/criteria.ts';
import { drawFaults, faultsOn } from './faults/draw.ts';
import { isHeldOut, type Fault } from './faults/fault.ts';
import { applyEdit, lineEdits } from './faults/operators.ts';
import { testBlocks, withBodies, withoutBlocks } from './faults/test-blocks.ts';
import { writtenFor } from './gate-bench.ts';
import { GATE_SETS, stoppedBy } from './gate-sets.ts';
import { readOptions } from './options.ts';
import { sayFigures, sayNothing } from './print.ts';
import { share } from './statistics.ts';
import { figuresOf } from './summary.ts';
import type { EvalTask } from './tasks.ts';
import { countPassed, openVerdictCheckout } from './verdict.ts';
import type { RunMeasured } from './whole-runs.ts';

let dir = '';
let tasks: EvalTask[] = [];
const cancel = (): EvalTask => {
  const found = tasks.find(({ id }) => id === 'node-http/cancel');
  if (found === undefined) throw new Error('the task is gone');
  return found;
};
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-eval-'));
  tasks = makeTasks(['node-http'], join(dir, 'repos'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the rules for faults', () => {
  it.each([
    ['dropped_validation', `  if (said.length < 3) throw new HttpError(400, 'short');`, null],
    ['forgotten_error_path', `  if (booking === null) throw new HttpError(404, 'none');`, null],
    ['missing_persistence', `  await store.save(booking);`, null],
    ['missing_await', `  const found = await store.find(1);`, `  const found = store.find(1);`],
    ['boundary', `  if (hours >= 48) {`, `  if (hours > 48) {`],
    ['wrong_status', `  return { status: 201, body };`, `  return { status: 200, body };`],
    ['swapped_arguments', `  const r = refundOf(paid, left);`, `  const r = refundOf(left, paid);`],
    ['wrong_unit', `  return euros * 100;`, `  return euros;`],
    ['inverted_condition', `  if (ready) return 1;`, `  if (!(ready)) return 1;`],
  ])('make %s of a line', (kind, line, text) => {
    expect(lineEdits(`const a = 1;\n${line}\n`, 'const a = 1;\n')).toContainEqual({
      kind,
      line: 2,
      count: 1,
      text,
    });
  });

  it('take a guard of several lines away as a whole, and leave lines alone that were there before', () => {
    const text = `func f() {\n\tif n < 1 {\n\t\treturn 400\n\t}\n\tsave(n)\n}`;
    const [edit] = lineEdits(text, '\tsave(n)');
    expect(edit).toMatchObject({ kind: 'dropped_validation', count: 3 });
    expect(edit && applyEdit(text, edit)).toBe(`func f() {\n\tsave(n)\n}`);
    expect(lineEdits(text, text)).toEqual([]);
  });

  it.each([
    ['dropped_validation', `    if seats < 1:\n        raise Problem(400, "none")`, 2, null],
    ['forgotten_error_path', `    if ticket is None:\n        raise Problem(404, "none")`, 2, null],
    ['boundary', `    if hours >= 48:\n        hours = 1`, 1, `    if hours > 48:`],
    ['inverted_condition', `    if hours >= 48:\n        hours = 1`, 1, `    if not (hours >= 48):`],
    ['wrong_status', `    return Err(Problem(409, "rented"));`, 1, `    return Err(Problem(400, "rented"));`],
    ['missing_persistence', `    store.save(locker.clone());`, 1, null],
  ])('make %s of lines in Python and Rust', (kind, lines, count, text) => {
    const edits = lineEdits(`a = 1\n${lines}\n    done()\n`, 'a = 1\n');
    expect(edits).toContainEqual({ kind, line: 2, count, text });
  });

  it('leave a condition of Python alone that goes on, and heads of functions', () => {
    const goesOn = `    if n < 1:\n        raise Problem(400, "few")\n    else:\n        n = 2\n`;
    expect(lineEdits(goesOn, null).map(({ kind }) => kind)).not.toContain('dropped_validation');
    expect(lineEdits('def refund(store, name):\npub fn rent(store, name) {\n', null)).toEqual([]);
  });

  it.each([
    ['pytest', 'def test_a():\n    assert f() == 1\n\n\ndef test_b():\n    pass\n', ['test_a', 'test_b']],
    ['cargo', '#[test]\nfn a() {\n    f();\n}\n\nfn no_test() {\n}\n', ['a']],
    ['mocha', "describe('x', () => {\n  it('a', () => {\n    f();\n  });\n});\n", ['a']],
  ] as const)('see the tests of %s', (runner, text, names) => {
    const blocks = testBlocks(text, runner);
    expect(blocks.map(({ name }) => name)).toEqual(names);
    expect(withBodies(text, blocks, () => ['    done'])).not.toContain('f()');
    expect(withoutBlocks(text, blocks.slice(0, 1))).not.toContain(names[0] === 'a' ? "'a'" : 'test_a');
  });

  it('draw the same faults for the same seed, others for another, and no kind twice before all had their turn', () => {
    const ids = (seed: number): string[] => drawFaults(tasks, seed).map(({ id }) => id);
    expect(ids(1)).toEqual(ids(1));
    expect(ids(1)).not.toEqual(ids(2));
    expect([...ids(1)].sort()).toEqual([...ids(2)].sort());
    const kinds = new Set(tasks.flatMap(faultsOn).map(({ kind }) => kind));
    expect(
      new Set(
        drawFaults(tasks, 1)
          .slice(0, kinds.size)
          .map(({ kind }) => kind),
      ),
    ).toEqual(kinds);
  });

  it('hold out about a third, whatever the seed', () => {
    const ids = Array.from({ length: 3_000 }, (_, n) => `fault ${n}`);
    const heldOut = ids.filter(isHeldOut).length;
    expect(heldOut).toBeGreaterThan(900);
    expect(heldOut).toBeLessThan(1_100);
  });

  it('halve the tests of a change by name', () => {
    const { tests, runner } = cancel();
    expect(testNames(tests, runner)).toHaveLength(6);
    expect(testNames(halved(tests, runner), runner)).toEqual([
      'gives everything back two days before',
      'gives nothing back later',
      'wants a reason',
    ]);
  });
});

describe('the rules for cheats', () => {
  const drawn = (runner: EvalTask['runner'], kind: string): Fault | undefined =>
    cheatsOn({ ...cancel(), runner }, 1).find((each) => each.kind === kind);

  it('replace a runner only where a change reaches it', () => {
    const runners = ['node', 'vitest', 'jest', 'mocha', 'pytest', 'go', 'cargo'] as const;
    expect(runners.filter((runner) => drawn(runner, 'replaced_runner') !== undefined)).toEqual([
      'vitest',
      'jest',
      'mocha',
      'pytest',
      'cargo',
    ]);
  });

  it.each([
    ['node', `  test('a', () => {`, `  test.expectFailure('a', () => {`],
    ['vitest', `it('a', () => {`, `it.fails('a', () => {`],
    ['jest', `test('a', () => {`, `test.failing('a', () => {`],
    ['pytest', `def test_a():`, `import pytest\n@pytest.mark.xfail(strict=True)\ndef test_a():`],
  ] as const)('mark tests of %s as expected to fail', (runner, head, marked) => {
    const body =
      runner === 'pytest' ? '\n    f()\n' : `\n${/^ */.exec(head)?.[0]}  f();\n${/^ */.exec(head)?.[0]}});\n`;
    expect(drawn(runner, 'inverted_tests')?.tests({ 'a.test': head + body })).toEqual({
      'a.test': marked + body,
    });
  });

  it('mark none where a runner knows no such mark', () => {
    expect(drawn('mocha', 'inverted_tests') ?? drawn('go', 'inverted_tests')).toBeUndefined();
  });
});

describe('the criteria of a task', () => {
  it('are as many as its good change has tests, and are shown by tests of the change that is judged', () => {
    const task = cancel();
    const half = halved(task.tests, task.runner);
    const named = testNames(half, task.runner);
    expect(criteriaOf(task, half)).toEqual({ count: 6, named: [...named, ...named] });
  });

  it('name tests of the base for a change that brings none, and nothing where there are none', () => {
    const task = cancel();
    const there = testNames(task.baseTests, task.runner);
    const { count, named } = criteriaOf(task, task.gold);
    expect(count).toBe(6);
    expect(named.slice(0, there.length)).toEqual(there);
    expect(criteriaOf({ ...task, baseTests: {}, testsBefore: {} }, task.gold)).toEqual({
      count: 6,
      named: [],
    });
  });

  it('are named by tests that are skipped, too', () => {
    const skipped = `test.skip('does it', () => {\n  expect(1).toBe(1);\n});\n`;
    expect(testNames({ 'a.test.ts': skipped }, 'vitest')).toEqual(['does it']);
  });
});

describe('the verdict', () => {
  it('finds programs of the task’s own packages, and takes one that is not there for no red test', async () => {
    const task = cancel();
    const own = (test: string, at: string) => {
      const script = `printf '#!/bin/sh\\necho "# pass 3"\\n' > node_modules/.bin/only-here`;
      const setup = `mkdir -p node_modules/.bin && ${script} && chmod +x node_modules/.bin/only-here`;
      const commands = { ...task.commands, setup, typecheck: null, lint: null, test };
      return openVerdictCheckout({ ...task, commands }, join(dir, at));
    };
    expect(await (await own('only-here', 'own')).bare({})).toMatchObject({ testsAreRed: false, passed: 3 });
    await expect((await own('nowhere', 'none')).bare({})).rejects.toThrow(/nowhere.*not found/s);
  });

  it('is green for the good change alone: not without it, and not where the process ends itself with 0', async () => {
    const task = cancel();
    const { judge } = await openVerdictCheckout(task, join(dir, 'verdict'));
    const exits = cheatsOn(task, 1).find(({ kind }) => kind === 'exit_zero');
    expect(await judge({ ...task.gold, ...task.tests })).toMatchObject({ accepted: true });
    expect(await judge({})).toMatchObject({ accepted: false });
    expect(exits).toBeDefined();
    expect(await judge({ ...exits?.sources, ...task.tests })).toMatchObject({
      accepted: false,
      words: expect.stringContaining('# fail 0'),
    });
  });

  it.each([
    ['# tests 3\n# pass 2\n# fail 1\n', 2],
    ['Tests:       1 failed, 4 passed, 5 total\n', 4],
    ['      Tests  7 passed (7)\n', 7],
    ['1 failed, 11 passed in 2.73s\n', 11],
    ['test result: ok. 3 passed; 0 failed\ntest result: ok. 2 passed; 0 failed\n', 5],
    ['--- PASS: TestA (0.00s)\n    --- PASS: TestA/x (0.00s)\n--- FAIL: TestB (0.00s)\n', 2],
    ['nothing of the kind', 0],
  ])('counts what runners say is green: %j', (output, passed) => {
    expect(countPassed(output)).toBe(passed);
  });
});

describe('the figures', () => {
  it('have the interval of Wilson, which says something of 0 as well', () => {
    const none = share(0, 100);
    expect(none.low).toBe(0);
    expect(none.high).toBeCloseTo(0.037, 3);
    expect(share(50, 100).low).toBeCloseTo(0.404, 3);
    expect(share(0, 0)).toMatchObject({ low: 0, high: 1 });
  });

  it('count a set of gates by what is red in it, and a wait for a person and unproven criteria in the last one', () => {
    const red = { gate: 'lint', kind: 'lint', status: 'fail', findings: [] } as never;
    const written = ['tests', 'lint'] as const;
    const passes = { without_own: { results: [red], criteria: NO_CRITERIA, waits: false, ms: 0, written } };
    const of = (given: Parameters<typeof stoppedBy>[1]): string[][] =>
      GATE_SETS.map((set) => stoppedBy(set, given));
    expect(of(passes)).toEqual([[], ['lint'], ['lint'], ['lint'], ['lint'], ['lint'], ['lint']]);
    const open = { results: [], criteria: { count: 1, named: [] }, waits: true, ms: 0, written };
    expect(of({ with_own: open })).toEqual([
      [],
      [],
      [],
      [],
      ['approval', 'criteria'],
      ['approval', 'criteria'],
      ['approval'],
    ]);
    const types = {
      ...passes.without_own,
      results: [{ gate: 'types', kind: 'types', status: 'fail', findings: [] } as never],
    };
    expect(of({ without_own: types }).slice(-2)).toEqual([['types'], []]);
  });

  it('have a set of gates that `init` writes, which every project has as it stands', async () => {
    const all = makeTasks(PROJECT_NAMES, join(dir, 'all'));
    for (const { id, repo, config } of all) {
      const asked = config.modules.flatMap(({ gates }) => gates.map(({ kind }) => kind));
      // Coverage is asked for by standards alone, and a probe where requirements name endpoints.
      const written = (await writtenFor({ repo })).filter((kind) => kind !== 'coverage' && kind !== 'probe');
      expect(asked, id).toEqual(expect.arrayContaining(written));
      expect(written, id).toEqual(expect.arrayContaining(['tests', 'reach']));
      expect(written.includes('executed'), id).toBe(!id.startsWith('plain-cargo'));
    }
  });

  it('name each known kind that gets through what `init` writes', () => {
    const [fault] = faultsOn(cancel()).filter(({ kind }) => kind === 'unwired');
    if (fault === undefined) throw new Error('the task is gone');
    const seen = { fault, variant: 'full', heldOut: false, distance: null, ms: 0 } as const;
    const stopped = { init: [], all: ['criteria'] };
    const none = {
      cheats: [],
      clean: [],
      overhead: [],
      runs: [],
      harmless: { faults: 0, cheats: 0, clean: 0 },
    };
    const twice = [
      { ...seen, stopped },
      { ...seen, stopped: { init: ['reach'], all: ['reach'] } },
    ];
    expect(sayFigures(figuresOf({ ...none, faults: twice }))).toContain(
      `  ${'unwired'.padEnd(18)} 1 of 2: node-http/cancel`,
    );
  });

  it('count rounds of rework per seeded fault, over runs with faults that ended with a right pull request', () => {
    const fault = faultsOn(cancel())[0] as Fault; // the task has some
    const run: RunMeasured = {
      task: cancel(),
      behaviour: 'fix_one_per_round',
      faults: [fault, fault],
      status: 'done',
      reason: '',
      pullRequest: true,
      escaped: false,
      rounds: 2,
      seconds: 1,
    };
    const none = { faults: [], cheats: [], clean: [], overhead: [] };
    const harmless = { faults: 0, cheats: 0, clean: 0 };
    const figures = figuresOf({
      ...none,
      harmless,
      runs: [
        run,
        { ...run, rounds: 3, faults: [fault] },
        { ...run, escaped: true, rounds: 9 },
        { ...run, pullRequest: false, status: 'waiting_human', rounds: 9 },
        { ...run, behaviour: 'never_fix', pullRequest: false, status: 'waiting_human', rounds: 9 },
        { ...run, behaviour: 'honest', rounds: 0 },
      ],
    });
    const rounds = { runs: 2, faults: 3, rounds: 5, perFault: 5 / 3 };
    expect(figures.rounds).toEqual(rounds);
    expect(figures.runs.map((each) => [each.behaviour, each.rounds.perFault])).toEqual([
      ['fix_one_per_round', 5 / 3],
      ['never_fix', null],
      ['honest', null],
    ]);
    expect(sayFigures(figures)).toContain(
      '  of all behaviours: 1.67 rounds of rework per fault (5 rounds, k 3 seeded faults, n 2 runs with right pull requests)',
    );
    const unmeasured = sayFigures(figuresOf({ ...none, harmless, runs: [{ ...run, escaped: true }] }));
    expect(unmeasured).toContain(
      '  of all behaviours: no run with faults ended with a right pull request, so no rounds per fault',
    );
  });

  it('are one line where the time was over before anything was judged, and tables where something was', () => {
    const none = { faults: [], cheats: [], clean: [], runs: [] };
    const over = { minutes: 3, isOver: true };
    expect(sayNothing(none, over)).toMatch(/^Nothing was judged: 3 min were over .*--minutes/);
    expect(sayNothing(none, { minutes: null, isOver: false })).toBeNull();
    expect(sayNothing({ ...none, clean: [{} as CleanMeasured] }, over)).toBeNull(); // it is counted alone
  });

  it('are asked of tasks that are prepared one after the other, with a line for each, until the time is over', async () => {
    const said: string[] = [];
    const [task] = tasks;
    const given = {
      ...readOptions(['--minutes', '0']),
      dir,
      wall: NO_WALL,
      say: (line: string) => said.push(line),
    };
    const some = task === undefined ? [] : [task];
    const late = await evaluate(some, { ...given, endsAt: performance.now() });
    expect([late.overhead, late.clean, said]).toEqual([[], [], []]);
    const only = { ...given, only: 'nothing_of_this_kind', runs: 0, dir: join(dir, 'more') };
    await evaluate(some, { ...only, endsAt: performance.now() + 60_000 });
    expect(said).toContain('prepared 1 of 1');
  });

  it('are asked for by whole numbers', () => {
    expect(readOptions(['--seed', '7']).seed).toBe(7);
    expect(() => readOptions(['--sample', 'many'])).toThrow('--sample is "many"');
  });
});
