import { describe, expect, it } from 'vitest';
import { cut, fit, widthOf, wrap } from './width.ts';

describe('columns on a terminal', () => {
  it('counts wide, combining and coloured text as a terminal does', () => {
    expect(widthOf('abc')).toBe(3);
    expect(widthOf('価格')).toBe(4);
    expect(widthOf('e\u0301')).toBe(1);
    expect(widthOf('👩‍💻')).toBe(2);
    expect(widthOf('✓ ok')).toBe(4);
    expect(widthOf('\u001b[32mgreen\u001b[39m')).toBe(5);
  });

  it('cuts with an ellipsis and never inside a character', () => {
    expect(cut('implementer', 8)).toBe('impleme…');
    expect(cut('価格価格', 6)).toBe('価格…');
    expect(cut('short', 8)).toBe('short');
  });

  it('fills to the width asked for', () => {
    expect(fit('ab', 4)).toBe('ab  ');
    expect(widthOf(fit('価格価格価格', 7))).toBe(7);
  });

  it('wraps at spaces and keeps line ends', () => {
    expect(wrap('one two three\nfour', 8)).toEqual(['one two', 'three', 'four']);
  });
});
