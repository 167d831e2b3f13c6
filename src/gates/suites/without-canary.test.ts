import { expect, it } from 'vitest';
import { withoutCanary } from './without-canary.ts';

it('leaves out the lines about a canary with the errors below them, and nothing else', () => {
  const output = [
    '✖ lists books (263ms)',
    '  AssertionError: 1 !== 2',
    '',
    '✖ lists books counts equal (1ms)',
    '  AssertionError: 31 !== 40',
    '',
    '      at counts.test.js:3',
    '✔ writes a book (1ms)',
    '  as it should',
  ].join('\n');
  expect(withoutCanary(output, ['lists books counts equal', 'counts.test.js'])).toBe(
    [
      '✖ lists books (263ms)',
      '  AssertionError: 1 !== 2',
      '',
      '',
      '✔ writes a book (1ms)',
      '  as it should',
    ].join('\n'),
  );
  expect(withoutCanary(output, [])).toBe(output);
});
