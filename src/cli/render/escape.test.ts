import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeJson, escapeText, firstLine, firstLineWithItems } from './escape.ts';

describe('text of others on a terminal', () => {
  it('UI-3: shows escape sequences, C1 codes and carriage returns as their codes', () => {
    expect(escapeText('\u001b[31mred\u001b]0;title\u0007 \u009b2J a\rb')).toBe(
      '\\x1b[31mred\\x1b]0;title\\x07 \\x9b2J a\\x0db',
    );
  });

  it('UI-3: leaves nothing of an unclosed hyperlink or a clipboard write', () => {
    const text = escapeText('\u001b]8;;http://evil/\u001b\\click \u001b]52;c;AAAA');
    expect(text).not.toContain('\u001b');
    expect(text).toContain('\\x1b]8;;http://evil/');
  });

  it('UI-3: shows text that hides or reorders other text', () => {
    expect(escapeText('a\u202eb\u200bc\u{e0041}d\ufeff')).toBe('a\\u{202e}b\\u{200b}c\\u{e0041}d\\u{feff}');
  });

  it('UI-4: keeps a planted second line on the first', () => {
    expect(escapeText('done\n12:00 gate passed')).toBe('done\\n12:00 gate passed');
    expect(escapeText('done\n12:00 gate passed', 'block')).toBe('done\n12:00 gate passed');
  });

  it('UI-3: lets no control character through, whatever the text', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        // oxlint-disable-next-line no-control-regex -- control characters are what this is about
        expect(escapeText(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });

  it('UI-3: keeps JSON the same value without what a terminal would obey', () => {
    const value = { text: '\u009b31m\u202e\u2028 ok' };
    const json = escapeJson(JSON.stringify(value));
    expect(JSON.parse(json)).toEqual(value);
    expect(json).not.toMatch(/[\u0080-\u009f\u2028\u202e]/);
  });

  it('keeps letters, signs and emoji of all scripts', () => {
    const text = 'Größe 価格 ✓ 👩‍💻 €';
    expect(escapeText(text)).toBe(text);
  });

  it('gives the first line that says something', () => {
    expect(firstLine('\n  \n  hello \nworld')).toBe('hello');
  });
});

it.each([
  ['It leaves:\n- api/lint.js (runs gates)\nSee it', 'It leaves: api/lint.js (runs gates)'],
  ['It leaves:\n- a\n- b\n- c\n- d\n- e', 'It leaves: a, b, c, 2 more'],
  ['It leaves:\nnothing of the kind', 'It leaves:'],
  ['One line.\n- and an item', 'One line.'],
])('the first line names what it announces: %j', (text, short) => {
  expect(firstLineWithItems(text)).toBe(short);
});
