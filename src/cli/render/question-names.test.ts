import { describe, expect, it } from 'vitest';
import { questionsNamed, shortQuestionId } from './question-names.ts';

const FIRST = 'build/one/r1/blocked/0';
const SECOND = 'build/one/r2/blocked/0';
const KNOWN = ['confirm_start', FIRST, SECOND, 'build/two/r1/dispute/0', 'pause/build'];

describe('the name of a question', () => {
  it.each([
    ['confirm_start', 'confirm_start'],
    [FIRST, 'build/one/r1'],
    ['build/two/r1/dispute/0', 'build/two'],
    ['pause/build', 'pause'],
  ])('is shown as short as it is its alone: %s', (id, short) => {
    expect(shortQuestionId(id, KNOWN)).toBe(short);
    expect(questionsNamed(short, KNOWN)).toEqual([id]);
  });

  it('may be any beginning that nothing else has, and an id means itself', () => {
    expect(questionsNamed('conf', KNOWN)).toEqual(['confirm_start']);
    expect(questionsNamed('build/one', KNOWN)).toEqual([FIRST, SECOND]);
    expect(questionsNamed('pause/build', [...KNOWN, 'pause/build-it'])).toEqual(['pause/build']);
    expect(shortQuestionId('pause/build', [...KNOWN, 'pause/build-it'])).toBe('pause/build');
    expect(questionsNamed('', KNOWN)).toEqual([]);
  });
});
