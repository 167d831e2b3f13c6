import { describe, expect, it } from 'vitest';
import { editDistance, nearest, suggest } from './nearest.ts';

describe('nearest', () => {
  it.each([
    ['max_rewrok', 'max_rework'],
    ['Wriet', 'write'],
    ['tool', 'tools'],
    ['cod-review', 'code-review'],
  ])('finds what %s was meant to be', (word, meant) => {
    expect(nearest(word, ['max_rework', 'write', 'tools', 'code-review', 'title'])).toBe(meant);
  });

  it('offers nothing that is far away', () => {
    expect(nearest('banana', ['max_rework', 'write'])).toBeNull();
    expect(nearest('x'.repeat(100_000), ['write'])).toBeNull();
    expect(suggest('banana', ['a', 'b'], 'keys')).toBe('Known keys: a, b.');
  });

  it('counts a swap of neighbours as one edit', () => {
    expect(editDistance('rewrok', 'rework')).toBe(1);
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('', 'abc')).toBe(3);
  });
});
