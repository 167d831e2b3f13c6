import { expect, it } from 'vitest';
import { plainMarkdown } from './plain-markdown.ts';

it.each([
  ['`POST /invoices` answers 201', '`POST /invoices` answers 201'],
  ['`a` and `b`, [link](x)', '`a` and `b`, \\[link\\](x)'],
  ['one ` alone [x](y)', 'one \\` alone \\[x\\](y)'],
  ['`a|b` and `<b>` end no cell', '\\`a\\|b\\` and \\`\\<b\\>\\` end no cell'],
  ['\\`not code', '\\\\\\`not code'],
  ['``two`` [x]', '\\``two`\\` \\[x\\]'],
])('code stays code, and nothing else of "%s" means anything', (text, markdown) => {
  expect(plainMarkdown(text)).toBe(markdown);
});
