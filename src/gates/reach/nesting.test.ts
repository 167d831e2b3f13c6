import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutantsOf } from '../mutation/mutants.ts';
import { mayBeTooDeep } from './nesting.ts';
import { loadParser } from './parse.ts';
import { readModule } from './read-module.ts';

const parse = await loadParser();
const MANY = 100_000;
const within = (open: string, middle: string, close = ''): string =>
  `${open.repeat(MANY)}${middle}${close.repeat(MANY)};\n`;

describe('a text that is nested deeply', () => {
  it.each([
    ['parentheses', within('(', '1', ')')],
    ['lists', within('[', '', ']')],
    ['blocks', within('{', '', '}')],
    ['sums', within('1 + ', '1')],
    ['negations', within('!', '1')],
    ['conditions', within('a ? b : ', 'c')],
    ['functions', within('a => ', 'c')],
    ['assignments', within('a = ', 'c')],
    ['else', within('if (a) b; else ', 'c')],
    ['ifs', within('if (a) ', 'c')],
    ['templates', within('`${', '1', '}`')],
    ['what stands behind a quote in an expression', `/'/.x + ${within('(', '1', ')')} '`],
  ])('is parsed by nobody: %s', (_, text) => {
    expect(parse('a.js', text)).toBeNull();
    expect(mutantsOf({ path: 'a.js', text, lines: new Set([1]) }, parse)).toBeNull();
    expect(readModule('a.js', text, parse)).toMatchObject({ exports: [] });
  });

  it('is none where it is long and not deep', () => {
    const rows = Array.from({ length: 5_000 }, (_, at) => `  { id: ${at}, name: 'x-${at}' },`).join('\n');
    const plain = Array.from({ length: 5_000 }, (_, at) => `const f${at} = (a) => (a > ${at} ? a : -a)`).join(
      '\n',
    );
    for (const text of [
      `export const all = [\n${rows}\n];\n`,
      plain,
      readFileSync(import.meta.filename, 'utf8'),
    ])
      expect(mayBeTooDeep(text)).toBe(false);
  });
});
