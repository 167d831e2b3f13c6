import { describe, expect, it } from 'vitest';
import type { ChangedLine } from './changed-lines.ts';
import { findHiddenText } from './hidden-text.ts';

const lines = (path: string, ...texts: string[]): ChangedLine[] =>
  texts.map((text, at) => ({ repo: 'api', path, line: at + 2, text }));
const found = (...texts: string[]) => foundIn('a.js', ...texts);
const foundIn = (path: string, ...texts: string[]) =>
  findHiddenText({ added: lines(path, ...texts), removed: [] });
const blocking = (path: string, ...texts: string[]) => foundIn(path, ...texts).map((each) => each.blocking);

const FLAG = '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}';
const TROJAN = 'if (level !== "user\u202e \u2066// admin\u2069 \u2066") {';

describe('hidden characters in an added line', () => {
  it.each([
    ['reordering', TROJAN, '\\u202e'],
    ['invisible', 'const a\u200bb = 1;', '\\u200b'],
    ['joining', 'const role = "admin\u2060";', '\\u2060'],
    ['byte-carrying', 'ok\u{e0158}\u{e0155}', '\\udb40\\udd58'],
    ['filling', 'const \u3164 = 1;', '\\u3164'],
    ['tag', '// fine\u{e0069}\u{e0067}', '\\udb40\\udc69'],
    ['tag', `// a flag of nowhere ${FLAG.slice(0, 2)}\u{e0069}\u{e0067}\u{e007f}`, '\\udb40\\udc69'],
  ])('INJ-1: %s characters stop the change, and are named', (_, text, code) => {
    const [finding, ...others] = found('fine', text);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ blocking: true, file: 'a.js', line: 3 });
    expect(finding?.problem).toContain(code);
  });

  it('INJ-1: one that stops the change is named behind any number of others', () => {
    const many = Array.from({ length: 30 }, () => 'שלום\u200f!');
    expect(found(...many, 'a\u200bb')[0]).toMatchObject({ blocking: true, line: 32 });
  });

  it('leaves alone what people see, and shows what some languages and programs need', () => {
    const bom = [{ repo: 'api', path: 'a.js', line: 1, text: '\ufeffconst a = 1;' }];
    expect(findHiddenText({ added: bom, removed: [] })).toEqual([]);
    expect(found('naïve 👩‍🚀 שלום नमस्ते', 'a\tb\r')).toEqual([]);
    expect(blocking('a.js', 'x', 'שלום\u200f!', 'a\u001b[0m')).toEqual([false, false]);
  });

  it('leaves alone what scripts without spaces and flags are spelled with', () => {
    expect(found('t("សួស្តី\u200bពិភពលោក")', 'ภาษา\u200bไทย', '🇬🇧 ' + FLAG)).toEqual([]);
  });

  it('INJ-1: isolates have their place in translations that are read from the right, where they are closed, and nowhere else', () => {
    const text = '"hello": "שלום \u2068{name}\u2069"';
    expect(blocking('locales/he.json', text)).toEqual([false]);
    expect(blocking('locales/he.json', text.replace('\u2069', ''))).toEqual([true]);
    expect(blocking('src/a.ts', text)).toEqual([true]);
    expect(blocking('package.json', '"test": "\u2067node\u2069"')).toEqual([true]);
    expect(blocking('locales/he.json', `${text} \u202e`)).toEqual([true]);
  });

  it('a word joiner has its place in texts for people', () => {
    expect(blocking('README.md', '100\u2060 %')).toEqual([false]);
  });

  it('INJ-1: a line that had one already may be edited, and gets no more of them', () => {
    const before = lines('a.js', 'const x = "\u200b";');
    const after = (path: string, ...texts: string[]) =>
      findHiddenText({ added: lines(path, ...texts), removed: before }).map(({ line }) => line);
    expect(after('a.js', 'const y = "\u200b";')).toEqual([]);
    expect(after('a.js', 'const y = "\u200b\u200b";')).toEqual([2]);
    expect(after('a.js', 'const y = "\u200b";', 'const z = "\u200b";')).toEqual([3]);
    expect(after('a.js', 'const y = "\u202e";')).toEqual([2]);
    expect(after('b.js', 'const y = "\u200b";')).toEqual([2]);
  });
});
