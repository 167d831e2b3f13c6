import { expect, it } from 'vitest';
import { cpuMs, within } from '../../testing/time-bounds.ts';
import { withoutWords } from './without-words.ts';

it.each([
  [`a("b", 'c', \`d\`)`, `a('', '', '')`],
  ['a /* b\n "c" */ d // e\nf # g\nh', 'a   d  \nf  \nh'],
  ['"""a\n"b" #"""\'\'\'c\'\'\'', "''''"],
  ['"a\\"b" c', "'' c"],
  ['`a\\\nb` c', "'' c"],
])('leaves of %j %j', (text, code) => {
  expect(withoutWords(text)).toBe(code);
});

it.each([
  ["it's\n'a'", "it's\n''"],
  ["/\\/*$/ 'a'", "/\\/*$/ ''"],
  ['"""a "b"', "''''b\""],
  ['#[test] #!x', '#[test] #!x'],
])('takes an opening that nothing ends for code: %j', (text, code) => {
  expect(withoutWords(text)).toBe(code);
});

it.each(['/*x', '"\\', "'\\", '`\\', '"""', "'", '#'])(
  'needs no longer for %s over and over than for other texts',
  async (unit) => {
    const text = unit.repeat(Math.ceil(200_000 / unit.length));
    await within(1_000, () => withoutWords(text), { clock: cpuMs });
  },
);
