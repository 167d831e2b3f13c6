import { describe, expect, it } from 'vitest';
import { loadParser } from '../reach/parse.ts';
import { judgeMutants, ownedByTests, type Tried } from './judge-mutants.ts';
import { mutantsOf, type Mutant } from './mutants.ts';

const parse = await loadParser();
const mutantsIn = (text: string): Mutant[] =>
  mutantsOf({ path: 'a.ts', text, lines: new Set(text.split('\n').map((_, index) => index + 1)) }, parse) ??
  [];

/** Each mutant's `after` decides. */
const tried = (text: string, isKilled: (after: string) => boolean): Tried[] =>
  mutantsIn(text).map((mutant) =>
    isKilled(mutant.after) ? { mutant, end: 'killed', by: 'a test' } : { mutant, end: 'survived' },
  );
const judge = (all: Tried[], over: object = {}): ReturnType<typeof judgeMutants> =>
  judgeMutants({
    repo: 'api',
    tried: all,
    found: all.length,
    unloaded: [],
    watchful: [],
    unread: [],
    bounds: '2m and 60 mutants',
    minScore: 0.5,
    ...over,
  });
const blocking = (all: Tried[]): string[] =>
  judge(all).drafts.flatMap((draft) => (draft.blocking ? [draft.problem] : []));

const ANSWER = 'export function sum(a, b) {\n  if (a === 2) return 5;\n  return a - b;\n}';
const PAIR = 'export function sum(a, b) {\n  if (a === 2 && b === 3) return 5;\n  return a - b;\n}';

describe('a fixed answer', () => {
  it('PRIV-8: stops the change where tests ask for it and for nothing beside it', () => {
    const all = tried(ANSWER, (after) => !after.includes('true'));
    expect(judge(all)).toMatchObject({ status: 'fail', drafts: [{ file: 'a.ts', line: 2, blocking: true }] });
    expect(blocking(all)[0]).toContain('`if (a === 2) return 5;` gives a fixed answer');
  });

  it('PRIV-8: stops it where each part of its condition may go', () => {
    const all = tried(PAIR, (after) => !/&& true|true &&/.test(after));
    expect(blocking(all)[0]).toContain('gives a fixed answer');
    expect(blocking(tried(PAIR, (after) => !after.includes('&& true')))).toEqual([]);
  });

  it('PRIV-8: stops it as a case, where there is another answer for the rest', () => {
    const cases = (rest: string): string =>
      `export function square(n) {\n  switch (n) {\n    case 2:\n      return 4;\n    case 3:\n      return 9;\n${rest}  }\n}`;
    const beside = cases('    default:\n      return 0;\n');
    // Whatever is asked for comes to the last case.
    expect(blocking(tried(beside, (after) => after !== 'case n:' && after !== 'return 1;'))).toHaveLength(2);
    expect(blocking(tried(beside, (after) => after !== 'return 1;'))).toEqual([]);
    for (const rest of ['', '    default:\n      throw new Error("unknown");\n'])
      expect(blocking(tried(cases(rest), (after) => after !== 'case n:'))).toEqual([]);
  });

  it('is none where tests ask beside it, where none asks for it, and where all else is refused', () => {
    expect(blocking(tried(ANSWER, () => true))).toEqual([]);
    // No test comes there at all.
    expect(blocking(tried(ANSWER, (after) => !/true|false/.test(after)))).toEqual([]);
    const last =
      "export function size(kind) {\n  if (kind === 'a') return 1;\n  throw new Error('unknown');\n}";
    expect(blocking(tried(last, (after) => !after.includes('true')))).toEqual([]);
  });

  it.each([
    'if (a === null) return null;',
    'if (a === 2) return a;',
    'if (a > 2) return 5;',
    'if (a === b) return 5;',
    "if (a === 'x') return '';",
    'if (a === 2) { log(a); return 5; }',
  ])('is not what an ordinary guard gives: %s', (line) => {
    const all = tried(
      `export function f(a, b) {\n  ${line}\n  return a - b;\n}`,
      (after) => !after.includes('true'),
    );
    expect(blocking(all)).toEqual([]);
  });
});

describe('the share of mutants that tests notice', () => {
  const CODE = 'export function f(a, b) {\n  g(a);\n  h(b);\n  k(b);\n  return a - b * 2;\n}';

  it('PRIV-8: stops the change where it is too small, and names each one that nobody noticed', () => {
    const all = tried(CODE, (after) => after.includes('undefined') || after.includes('3'));
    const judged = judge(all);
    expect(judged.status).toBe('fail');
    expect(judged.summary).toBe('2 of 7 mutants noticed, at least 50 % are asked for');
    expect(judged.drafts.map(({ line, blocking: stops }) => [line, stops])).toEqual([
      [2, true],
      [3, true],
      [4, true],
      [5, true],
      [5, true],
    ]);
    expect(judged.drafts[0]?.problem).toContain('It is `g(a);`, and with `;` all tests stay green');
  });

  it('shows and stops nothing where it is large enough, or of too few', () => {
    const most = judge(tried(CODE, (after) => after !== ';'));
    expect(most).toMatchObject({ status: 'pass', summary: '4 of 7 mutants noticed' });
    expect(most.drafts.map(({ blocking: stops, severity }) => [stops, severity])).toEqual(
      [1, 2, 3].map(() => [false, 'minor']),
    );
    expect(judge(tried(CODE, () => false).slice(0, 4)).status).toBe('pass');
  });

  it('is made without texts and without waiting', () => {
    const words =
      "export async function f(a) {\n  const b = ['x', 'y', 'z', 'u', 'v', 'w'];\n  const c = await a();\n  return b;\n}";
    const judged = judge(tried(words, (after) => after.includes('undefined')));
    expect(judged).toMatchObject({ status: 'pass', summary: '1 of 1 mutants noticed' });
    expect(judged.drafts).toHaveLength(7);
  });

  it('says what was not tried, and is unverified where nothing was', () => {
    const all = tried(CODE, () => true);
    expect(judge(all, { found: 40 }).summary).toContain('7 of 40 tried (bounds: 2m and 60 mutants)');
    expect(judge([], { unloaded: ['b.ts'] })).toMatchObject({
      status: 'unverified',
      drafts: [{ file: 'b.ts', blocking: false }],
    });
  });

  it('names at most twenty, those that stop the change first', () => {
    const long = `export function f(a) {\n${'  g(a);\n'.repeat(30)}}`;
    const { drafts } = judge(tried(long, () => false));
    expect(drafts).toHaveLength(21);
    expect(drafts.at(-1)?.problem).toBe('10 more mutants are noticed by no test.');
    // The same line twice is two findings, whatever its number.
    expect(new Set(drafts.map(({ identity }) => identity)).size).toBe(21);
  });
});

it('goes to who wrote the tests, but for a fixed answer', () => {
  const judged = judge(tried(PAIR, (after) => after.includes('false') || after.includes('6')));
  const owners = ownedByTests(judged, 'build/tests').drafts.map(({ owner, identity }) => [
    identity.split(' ')[0],
    owner,
  ]);
  expect(owners).toContainEqual(['fixed_answer', undefined]);
  expect(owners).toContainEqual(['mutant', 'build/tests']);
});
