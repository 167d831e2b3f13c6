import { describe, expect, it } from 'vitest';
import { drawFrom, drawSibling, drawTitle, testWords, titlesIn } from './canary-names.ts';

const TITLES = [
  ['orders', 'adds amounts'],
  ['orders', 'rejects negative amounts'],
  ['bills', 'are due within thirty days'],
];
const around = testWords(TITLES);
const titles = (secret: string): string[] => {
  const draw = drawFrom(Buffer.from(secret));
  return Array.from({ length: 30 }, () => drawTitle(around, draw).join(' '));
};

describe('names of canaries', () => {
  it('PRIV-6: are those of the tests around with further words, none twice and none as it is there', () => {
    const drawn = titles('one');
    const there = TITLES.map((path) => path.join(' '));
    for (const title of drawn) {
      expect(title).toMatch(/^[a-z ]+$/);
      expect(there).not.toContain(title);
      // What a filter lets through of those lets these through.
      expect(there.some((known) => title.startsWith(`${known} `))).toBe(true);
    }
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  it('PRIV-6: are the same for one secret and others for another', () => {
    expect(titles('one')).toEqual(titles('one'));
    expect(titles('one').filter((title) => titles('two').includes(title))).toEqual([]);
  });

  it('fit the pattern of the file that they stand beside, and choose no system', () => {
    const draw = drawFrom(Buffer.from('one'));
    const words = testWords([['linux integration only', 'adds amounts']]);
    expect(words.words).not.toContain('linux');
    for (let count = 0; count < 20; count++) {
      expect(drawSibling('orders.unit.test.ts', words, draw)).toMatch(/^orders(?:-[a-z]+)+\.unit\.test\.ts$/);
      expect(drawSibling('orders_test.go', words, draw)).toMatch(/^orders(?:_[a-z]+)+_test\.go$/);
      expect(drawSibling('orderLines.test.js', words, draw)).toMatch(
        /^orderLines(?:[A-Z][a-z]+)+\.test\.js$/,
      );
      expect(drawSibling('plain.js', words, draw)).toMatch(/^plain(?:-[a-z]+)+\.js$/);
    }
  });

  it('are found for a file that shows its tests, and for one that shows none', () => {
    expect(titlesIn(`describe('orders', () => {\n  it("adds", () => {});\n});`)).toEqual([
      ['orders', 'adds'],
    ]);
    expect(drawTitle(testWords([]), drawFrom(Buffer.from('one'))).join(' ')).toMatch(/^[a-z]+(?: [a-z]+)+$/);
  });
});
