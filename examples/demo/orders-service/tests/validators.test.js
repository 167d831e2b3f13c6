import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { date, oneOf, positiveInteger, text } from '../src/validators.js';

const refuses = (call) => assert.throws(call, { code: 'invalid_field', field: 'x' });

describe('validators', () => {
  it('text takes text', () => assert.equal(text({ x: 'a' }, 'x'), 'a'));
  it('text refuses blanks, numbers and nothing', () => {
    for (const value of ['', '  ', 7, null, undefined, 'a'.repeat(201)]) refuses(() => text({ x: value }, 'x'));
  });
  it('positiveInteger takes a positive integer', () => assert.equal(positiveInteger({ x: 1 }, 'x'), 1));
  it('positiveInteger refuses zero, fractions, text and more than a double holds', () => {
    for (const value of [0, -1, 1.5, '1', 2 ** 53, null]) refuses(() => positiveInteger({ x: value }, 'x'));
  });
  it('date takes a day of the calendar', () => assert.equal(date({ x: '2024-02-29' }, 'x'), '2024-02-29'));
  it('date refuses other days and other spellings', () => {
    for (const value of ['2023-02-29', '2026-13-01', '1.3.2026', 20260301, null]) refuses(() => date({ x: value }, 'x'));
  });
  it('oneOf takes a member', () => assert.equal(oneOf({ x: 'a' }, 'x', ['a', 'b']), 'a'));
  it('oneOf refuses everything else', () => {
    for (const value of ['c', '', null]) refuses(() => oneOf({ x: value }, 'x', ['a', 'b']));
  });
});
