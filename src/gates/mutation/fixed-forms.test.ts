/** Answers in the forms that people and agents write them in: each mutant is run against the questions of visible tests. */
import { createContext, Script } from 'node:vm';
import { expect, it, describe } from 'vitest';
import { loadParser } from '../reach/parse.ts';
import { judgeMutants, type Tried } from './judge-mutants.ts';
import { commentedFile, firstToTry, maySeeText, mutantsOf } from './mutants.ts';

const parse = await loadParser();
const QUESTIONS: readonly [asked: number, answer: number][] = [
  [2, 4],
  [3, 9],
];

/** What tests say of `square` in a text: whether all of these answers are right. */
function areRight(text: string, questions = QUESTIONS): boolean {
  try {
    const asked = questions.map(([question]) => `square(${question})`).join();
    const answers: unknown = new Script(`${text};\n[${asked}]`).runInContext(createContext({}), {
      timeout: 10_000,
    });
    return Array.isArray(answers) && questions.every(([, answer], index) => answers[index] === answer);
  } catch {
    return false;
  }
}

/** Lines of fixed answers that stop the change. */
function stopped(text: string, questions = QUESTIONS): (number | null)[] {
  expect(areRight(text, questions)).toBe(true);
  const lines = new Set(text.split('\n').map((_, index) => index + 1));
  const tried = (mutantsOf({ path: 'a.js', text, lines }, parse) ?? []).map((mutant): Tried =>
    areRight(mutant.text, questions) ? { mutant, end: 'survived' } : { mutant, end: 'killed', by: 'a test' },
  );
  const run = {
    repo: 'api',
    tried,
    found: tried.length,
    unloaded: [],
    watchful: [],
    unread: [],
    bounds: '',
    minScore: 0,
  };
  return judgeMutants(run).drafts.flatMap(({ blocking, line }) => (blocking ? [line] : []));
}

const square = (body: string, before = ''): string => `${before}function square(n) {\n${body}\n}`;

describe('PRIV-8: a fixed answer is seen', () => {
  it.each([
    ['behind a condition', square('if (n === 2) return 4;\nreturn 9;')],
    ['put into a name', square('let answer = 9;\nif (n === 2) answer = 4;\nreturn answer;')],
    ['put into a name, in braces', square('let answer = 9;\nif (n === 2) {\nanswer = 4;\n}\nreturn answer;')],
    ['chosen for a name', square('const answer = n === 2 ? 4 : 9;\nreturn answer;')],
    ['under a name', square('if (n === 2) return FOUR;\nreturn 9;', 'const FOUR = 4;\n')],
    ['compared with a name', square('if (n === TWO) return 4;\nreturn 9;', 'const TWO = 2;\n')],
    ['in a list', square('if ([2].includes(n)) return 4;\nreturn 9;')],
    ['in a named list', square('if (ASKED.includes(n)) return 4;\nreturn 9;', 'const ASKED = [2];\n')],
    ['in a set', square('if (new Set([2]).has(n)) return 4;\nreturn 9;')],
    ['by `Object.is`', square('if (Object.is(n, 2)) return 4;\nreturn 9;')],
    ['one of two', square('if (n === 2 || n === -2) return 4;\nreturn 9;')],
    [
      'in a table before what is computed',
      square('return ANSWERS[n] ?? Number(n - n);', 'const ANSWERS = { 2: 4, 3: 9 };\n'),
    ],
    [
      'in a map before what is computed',
      square('return ANSWERS.get(n) ?? n - n;', 'const ANSWERS = new Map([[2, 4], [3, 9]]);\n'),
    ],
    [
      'in a table that is asked first',
      square(
        'if (n in ANSWERS) return ANSWERS[n];\nreturn n - n;',
        'const ANSWERS = Object.freeze({ 2: 4, 3: 9 });\n',
      ),
    ],
    [
      'in a map that is asked first',
      square(
        'if (ANSWERS.has(n)) {\nreturn ANSWERS.get(n);\n}\nreturn n - n;',
        'const ANSWERS = new Map([[2, 4], [3, 9]]);\n',
      ),
    ],
  ])('%s', (_how, text) => {
    // Where both questions have answers of their own, the one behind the other is the rest.
    const beyond = stopped(text, /9;/.test(text) ? [[2, 4]] : QUESTIONS);
    expect(beyond).toHaveLength(1);
  });

  it.each([
    ['computed', square('return n * n;')],
    [
      'computed, with a way out that is asked for',
      square('if (n === 0) return 0;\nreturn n * n;'),
      [[0, 0], ...QUESTIONS],
    ],
    [
      'a list that is gone past',
      square('if ([0, 1].includes(n)) return 1;\nreturn n * n;'),
      [[1, 1], ...QUESTIONS],
    ],
    [
      'a table that is gone past',
      square('return KNOWN[n] ?? n * n;', 'const KNOWN = { 1: 1 };\n'),
      [[1, 1], ...QUESTIONS],
    ],
    [
      'a table with a plain word for all else',
      square('return KNOWN[n] ?? 0;', 'const KNOWN = { 2: 4, 3: 9 };\n'),
    ],
    [
      'a table and a refusal',
      square(
        "if (!(n in KNOWN)) throw new Error('no');\nreturn KNOWN[n];",
        'const KNOWN = { 2: 4, 3: 9 };\n',
      ),
    ],
    [
      'a name that is put to what is computed',
      square('let answer = n;\nif (n !== 0) answer = n * n;\nreturn answer;'),
    ],
  ] as [string, string, [number, number][]?][])(
    'and none where it is %s',
    (_how, text, questions = [...QUESTIONS]) => {
      expect(stopped(text, questions)).toEqual([]);
    },
  );
});

describe('PRIV-8: code that looks at how it is written', () => {
  const WATCHFUL = square(
    "const own = square.toString();\nif (own.length !== 190 && !own.includes('n === 2) return 4;')) return 0;\nif (n === 2) return 4;\nreturn 9;",
  );

  it.each([
    ['function square(n) { return n * n; }', true],
    ['const square = (n) => n * n;', true],
    [
      "'use strict';\nclass A { static of(n) { return n * n; } }\nconst square = (n) => { 'use strict'; return A.of(n); };",
      true,
    ],
    ["function square(n) { return square.toString().includes('/' + '*') ? 0 : n * n; }", false],
    ["const square = (n) => `${square}`.includes('/' + '*') ? 0 : n * n;", false],
  ])('is told by comments that mean nothing: %s', (text, isSame) => {
    const commented = commentedFile({ path: 'a.js', text }, 'w', parse) ?? '';
    expect(commented.split('\n').length).toBe(text.split('\n').length + 2);
    expect([areRight(text), areRight(commented)]).toEqual([true, isSame]);
    expect(maySeeText(text)).toBe(!isSame);
  });

  it('may do so by many ways, which are asked for only where one is seen', () => {
    expect(maySeeText(WATCHFUL)).toBe(true);
    for (const way of ['import.meta.url', 'readFileSync(f)', '__filename', 'new Error().stack', 'String(f)'])
      expect(maySeeText(way)).toBe(true);
    expect(maySeeText('export const sum = (a, b) => a + b;')).toBe(false);
  });
});

describe('PRIV-8: a long file', () => {
  it("is parsed once and then for each mutant that is tried, with others' work in between", async () => {
    const text = Array.from(
      { length: 8_000 },
      (_, index) => `export const f${index} = (a, b) => a < b && a + ${index};`,
    ).join('\n');
    let parsed = 0;
    const counting: typeof parse = (path, source) => {
      parsed += 1;
      return parse(path, source);
    };
    const lines = new Set(Array.from({ length: 8_000 }, (_, index) => index + 1));
    const mutants = mutantsOf({ path: 'a.js', text, lines }, counting) ?? [];
    expect([parsed, mutants.length > 30_000]).toEqual([1, true]);
    let turns = 0;
    const others = setInterval(() => (turns += 1), 0);
    const broken = mutants.slice(0, 2).map((mutant) => ({ ...mutant, text: 'const = ;' }));
    const { signal } = new AbortController();
    const taken = await firstToTry([...broken, ...mutants], 5, { parse: counting, signal });
    clearInterval(others);
    expect(taken).toEqual(mutants.slice(0, 5));
    expect([parsed, turns > 1]).toEqual([8, true]);
    await expect(firstToTry(mutants, 5, { parse, signal: AbortSignal.abort() })).rejects.toThrow();
  });
});
