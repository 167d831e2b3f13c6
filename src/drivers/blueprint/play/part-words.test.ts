import { expect, it } from 'vitest';
import { partWords } from './part-words.ts';

it.each([
  ['document:get', 'the description of get'],
  ['validate:amount_cents', 'the check of `amount_cents`'],
  ['client:create', "the client's call for create"],
  ['test:reject:number', 'the test of reject number'],
  ['restored test/orders.test.js', 'restored test/orders.test.js'],
  ['conflict', 'conflict'],
])('the part %s is read as: %s', (id, words) => {
  expect(partWords(id)).toBe(words);
});
