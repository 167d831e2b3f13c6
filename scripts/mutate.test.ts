import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  isAllNoticed,
  outcomeLine,
  runMutations,
  summaryLines,
  type Mutation,
  type Noticed,
} from './mutate.ts';
import { findTitles } from './test-titles.ts';
import { MUTATIONS } from './mutations.ts';

const SOURCE = `export function isPositive(n: number): boolean {
  if (n === 0) return false;
  return n > 0;
}
`;
const TEST = `import { expect, it } from 'vitest';
import { isPositive } from './a.ts';
it('R1: two is positive', () => expect(isPositive(2)).toBe(true));
it('R2: tells from negative numbers', () => expect(isPositive(-2)).toBe(false));
it('R3: is red anyway', () => expect(isPositive(2)).toBe(false));
`;

describe('taking mechanisms away', () => {
  let root: string;
  let noticed: Noticed[];
  const told: string[] = [];

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'baton-mutated-'));
    mkdirSync(join(root, 'src'));
    writeFileSync(join(root, 'src/a.ts'), SOURCE);
    writeFileSync(join(root, 'src/a.test.ts'), TEST);
    symlinkSync(join(import.meta.dirname, '../node_modules'), join(root, 'node_modules'));
    noticed = await runMutations(
      root,
      [
        mutation('R1', 'return n > 0;', 'return n < 0;'),
        mutation('R2', 'if (n === 0) return false;', ''),
        mutation('R1', 'return n >= 0;', 'return true;'),
        mutation('R1', 'return', 'throw 1;'),
        mutation('R1', 'return n > 0;', 'return n > ;'),
        mutation('R1', 'return n > 0;', 'return limit > 0;'),
        mutation('R2', 'return n > 0;', 'return true;'),
        mutation('R3', 'return n > 0;', 'return true;'),
        mutation('R4', 'return n > 0;', 'return true;'),
        { ...mutation('R1', 'return n > 0;', 'return true;'), tests: ['src/no.test.ts'] },
        mutation('R1', 'export function isPositive', "import './no.ts';\nexport function isPositive"),
      ],
      ({ mutation, outcome }) => told.push(`${mutation.line} ${outcome}`),
    );
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('calls it red where a test that carries the number fails, and names that test', () => {
    expect(outcomeAt(0)).toEqual(['red', 'src/a.test.ts: R1: two is positive']);
    // Each one alone: the mutations before it are gone again.
    expect(outcomeAt(6)).toEqual(['red', 'src/a.test.ts: R2: tells from negative numbers']);
  });

  it('calls it still green where none of them does', () => {
    expect(outcomeAt(1)).toEqual(['still green', '1 tests']);
  });

  it('finds a text exactly once, or not at all', () => {
    expect(outcomeAt(2)).toEqual(['not found', 'the text stands 0 times in src/a.ts']);
    expect(outcomeAt(3)).toEqual(['not found', 'the text stands 2 times in src/a.ts']);
  });

  it('takes a program that no longer loads or names what is not there for broken, never for red', () => {
    expect(outcomeAt(4)).toEqual(['broken', expect.stringMatching(/^does not parse: /)]);
    expect(outcomeAt(5)).toEqual(['broken', 'ReferenceError: limit is not defined']);
    expect(outcomeAt(10)).toEqual([
      'broken',
      expect.stringMatching(/^src\/a\.test\.ts failed to load: .*no\.ts/),
    ]);
  });

  it('learns nothing from tests that are red, absent or not there without it', () => {
    expect(outcomeAt(7)).toEqual(['broken', 'without it: no test is green']);
    expect(outcomeAt(8)).toEqual(['broken', 'without it: no test is green']);
    expect(outcomeAt(9)).toEqual(['broken', 'without it: no test file was found']);
  });

  it('leaves the checkout alone, and tells of each as it goes', () => {
    expect(readFileSync(join(root, 'src/a.ts'), 'utf8')).toBe(SOURCE);
    expect(told).toHaveLength(11);
    expect(told.slice(0, 3)).toEqual(['R1 red', 'R2 still green', 'R1 not found']);
  });

  it('sums up what was noticed and which lines nothing is known of', () => {
    expect(summaryLines(['R1', 'R5'], noticed.slice(0, 2))).toEqual([
      'R5        no mutation',
      '1 of 2 mechanisms noticed, 1 of 2 lines without a mutation',
    ]);
    expect(outcomeLine(noticed[1]!).split('\n')[0]).toBe('R2        STILL GREEN it');
  });

  it('takes a line of which nothing is known for no success, nor a mechanism that nobody missed', () => {
    expect(isAllNoticed(['R1'], noticed.slice(0, 1))).toBe(true);
    expect(isAllNoticed(['R1', 'R5'], noticed.slice(0, 1))).toBe(false);
    expect(isAllNoticed(['R27'], [])).toBe(false);
    expect(isAllNoticed(['R1', 'R2'], noticed.slice(0, 2))).toBe(false);
  });

  function mutation(line: string, text: string, replacement: string): Mutation {
    return { line, mechanism: 'it', file: 'src/a.ts', text, replacement, tests: ['src/a.test.ts'] };
  }

  function outcomeAt(index: number): unknown[] {
    const { outcome, detail } = noticed[index]!;
    return [outcome, detail];
  }
});

describe('the mutations of this repository', () => {
  it('each replace a text that stands in its file exactly once', () => {
    const root = join(import.meta.dirname, '..');
    const wrong = MUTATIONS.filter(
      ({ file, text }) => readFileSync(join(root, file), 'utf8').split(text).length !== 2,
    );
    expect(wrong.map(({ line, mechanism }) => `${line}: ${mechanism}`)).toEqual([]);
  });

  it('each name a file with tests that carry the number of their line', () => {
    const root = join(import.meta.dirname, '..');
    const wrong = MUTATIONS.filter(({ line, tests }) => {
      const titles = tests.flatMap((file) => findTitles(readFileSync(join(root, file), 'utf8')));
      return !titles.some((title) => new RegExp(String.raw`\b${line}\b`).test(title));
    });
    expect(wrong.map(({ line, mechanism, tests }) => `${line}: ${mechanism} (${tests.join(', ')})`)).toEqual(
      [],
    );
  });
});
