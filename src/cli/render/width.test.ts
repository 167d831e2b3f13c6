import { describe, expect, it } from 'vitest';
import { cut, fit, widthOf, wrap, wrapHanging } from './width.ts';

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

  it('indents what hangs below a line like its text', () => {
    expect(wrapHanging('  - one two three', 11)).toEqual(['  - one two', '    three']);
    expect(wrapHanging('  tried    one two three', 18)).toEqual(['  tried    one two', '           three']);
  });

  it('never breaks inside a word, a URL or a command in backquotes', () => {
    expect(wrap('see file:///a/very/long/path now', 10)).toEqual(['see', 'file:///a/very/long/path', 'now']);
    expect(wrap('go on with `baton resume r-1`.', 14)).toEqual(['go on with', '`baton resume r-1`.']);
  });
});
