import { expect, it } from 'vitest';
import { findHiddenText } from './hidden-text.ts';

const found = (...texts: string[]) =>
  findHiddenText(texts.map((text, at) => ({ repo: 'api', path: 'a.js', line: at + 1, text })));

it.each([
  ['reordering', 'if (level !== "user\u202e \u2066// admin\u2069 \u2066") {', '\\u202e'],
  ['invisible', 'const a\u200bb = 1;', '\\u200b'],
  ['byte-carrying', 'ok\u{e0158}\u{e0155}', '\\udb40\\udd58'],
  ['filling', 'const \u3164 = 1;', '\\u3164'],
  ['tag', '// fine\u{e0069}\u{e0067}', '\\udb40\\udc69'],
])('INJ-1: %s characters in an added line stop the change, and are named', (_, text, code) => {
  const [finding, ...others] = found('fine', text);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ blocking: true, file: 'a.js', line: 2 });
  expect(finding?.problem).toContain(code);
});

it('leaves alone what people see, and shows what some languages and programs need', () => {
  const plain = ['\ufeffconst a = 1;', 'naïve 👩‍🚀 שלום नमस्ते', 'a\tb\r'];
  expect(found(...plain)).toEqual([]);
  expect(found('x', 'שלום\u200f!', 'a\u001b[0m').map(({ blocking }) => blocking)).toEqual([false, false]);
});
