import { describe, expect, it } from 'vitest';
import { loadParser } from '../reach/parse.ts';
import { brokenFile, inTurn, mutantsOf } from './mutants.ts';

const parse = await loadParser();
const all = (text: string, path = 'a.ts') =>
  mutantsOf({ path, text, lines: new Set(text.split('\n').map((_, index) => index + 1)) }, parse) ?? [];
/** What the last line of a function becomes. */
const within = (line: string): string[] =>
  all(`async function f(a, b, c) {\n${line}\n}`).map(({ after }) => after);

describe('mutants', () => {
  it.each([
    [
      'if (a < b) g();',
      ['if (true) g();', 'if (false) g();', 'if (a <= b) g();', 'if (a >= b) g();', 'if (a < b) ;'],
    ],
    ['a ||= b !== c;', [';', 'a ||= b === c;']],
    ['const x = a + b * -c;', ['const x = a - b * -c;', 'const x = a + b / -c;']],
    ["const x = a + 'px';", ["const x = a + '';"]],
    ['return a;', ['return undefined;']],
    ['return true;', ['return false;']],
    ['return await a();', ['return undefined;']],
    ['await a.close();', ['a.close();', ';']],
    ['res.status(201);', [';', 'res.status(202);']],
    ["throw new HttpError(404, 'gone');", [';', "throw new HttpError(405, 'gone');"]],
    ["console.log('x', 1);", []],
    ["const x = require('y');", []],
    ['const x = a ?? b;', ['const x = a;']],
    ['const x = !a;', ['const x = a;']],
    [
      'for (let i = a; i < b; i++) {}',
      [
        'for (let i = a; false; i++) {}',
        'for (let i = a; i <= b; i++) {}',
        'for (let i = a; i >= b; i++) {}',
      ],
    ],
    ['const x: 1 = a as 1;', []],
    ["'use strict';", []],
  ])('of `%s`', (line, expected) => {
    expect(within(line)).toEqual(expected);
  });

  it('are made of changed lines only, and can be parsed', () => {
    const text = 'const a = 1;\nconst b = 2;\nexport const c = (x) => x > a;\n';
    const some = mutantsOf({ path: 'a.js', text, lines: new Set([2]) }, parse);
    expect(some).toMatchObject([{ line: 2, before: 'const b = 2;', after: 'const b = 3;' }]);
    for (const mutant of all(text)) expect(parse('a.ts', mutant.text)).not.toBeNull();
    expect(mutantsOf({ path: 'a.js', text: 'const = ;', lines: new Set([1]) }, parse)).toBeNull();
  });

  it('come in an order that follows from the seed: fixed answers, each line once, then the rest, words last', () => {
    const text =
      "const a = b < 1 ? 'x' : c;\nd(e);\nif (b === 1) f = ['y', e];\nexport const g = (h) => { if (h === 1) return 3; };\n";
    const order = (seed: string): string[] => inTurn(all(text), seed).map(({ identity }) => identity);
    expect(order('one')).toEqual(order('one'));
    expect(order('one')).not.toEqual(order('two'));
    const turn = inTurn(all(text), 'one');
    expect(turn.slice(0, 2).map(({ line, fixed }) => [line, fixed !== null])).toEqual([
      [4, true],
      [4, true],
    ]);
    expect(new Set(turn.slice(2, 6).map(({ line }) => line))).toEqual(new Set([1, 2, 3, 4]));
    expect(turn.slice(-2).map(({ kind }) => kind)).toEqual(['text', 'text']);
  });

  it('are told apart without line numbers', () => {
    const one = all('f();\nf();\n').map(({ identity }) => identity);
    expect(all('// above\nf();\nf();\n').map(({ identity }) => identity)).toEqual(one);
    expect(new Set(one).size).toBe(2);
  });

  it('know how a file is broken whatever stands on top', () => {
    for (const text of ['#!/usr/bin/env node\nf();\n', "import a from 'a';\n", "'use strict';\n"])
      expect(parse('a.js', brokenFile(text, 'w'))).not.toBeNull();
    expect(brokenFile('#!/bin/x\nf();', 'w')).toBe("#!/bin/x\nthrow new Error('w');f();");
  });
});
