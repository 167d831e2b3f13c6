import { describe, expect, it } from 'vitest';
import { ROLES } from '../core/words.ts';
import { cut, fitContext, PROMPT_TOKENS, roomFor, type Source } from './prompt-budget.ts';

const source = (name: string, chars: number, over: Partial<Source> = {}): Source => ({
  name,
  kind: 'research',
  text: 'x'.repeat(chars),
  artifact: `hash-${name}`,
  first: false,
  ...over,
});
const lengths = (sources: Source[], room: number): number[] =>
  fitContext(sources, room).sent.map((item) => ('text' in item ? item.text.length : item.shown));

describe('the room of a prompt', () => {
  it.each<[what: string, sources: Source[], room: number, shown: number[]]>([
    ['all of it where it fits', [source('a', 100), source('b', 900)], 1_000, [100, 900]],
    [
      'short ones whole, long ones alike',
      [source('a', 500), source('b', 9_000), source('c', 5_000)],
      4_500,
      [500, 2_000, 2_000],
    ],
    [
      'what the work is about before the rest',
      [source('a', 3_000), source('judged', 4_000, { first: true })],
      5_000,
      [1_000, 4_000],
    ],
    [
      'nothing at all of an absurd room, but words that can be read',
      [source('a', 900), source('b', 900)],
      0,
      [400, 400],
    ],
    ['of one earlier result no more than its bound', [source('a', 40_000)], 1_000_000, [32_768]],
    ['no bound for what the work is about', [source('judged', 40_000, { first: true })], 1_000_000, [40_000]],
  ])('gives %s', (_what, sources, room, shown) => {
    expect(lengths(sources, room)).toEqual(shown);
  });

  it('R8: names each that is not whole, in the order and in the text', () => {
    const { items, shortened } = fitContext([source('a', 10), source('b', 2_000)], 1_000);
    expect(shortened).toEqual(['b (research): 990 of 2,000 characters']);
    expect(items[1]?.text).toBe(`${'x'.repeat(990)}\n[cut: 1010 more characters]`);
    expect(items[0]?.text).toBe('x'.repeat(10));
  });

  it('R8: names what was bounded before, too', () => {
    const { shortened } = fitContext([source('AGENTS.md', 8_040, { whole: 20_000 })], 100_000);
    expect(shortened).toEqual(['AGENTS.md (research): 8,040 of 20,000 characters']);
  });

  it('keeps for the journal how much was shown of a stored text, and the text of others', () => {
    const made = source('names', 5, { artifact: null, first: true });
    expect(fitContext([source('a', 2_000), made], 1_005).sent).toEqual([
      { name: 'a', kind: 'research', artifact: 'hash-a', shown: 1_000, of: 2_000 },
      { name: 'names', kind: 'research', text: 'xxxxx' },
    ]);
    expect(cut('x'.repeat(2_000), 1_000)).toContain('[cut: 1000 more characters]');
  });

  it('is bounded for every role, and shrinks by what is said already', () => {
    for (const role of ROLES) {
      expect(PROMPT_TOKENS[role]).toBeLessThanOrEqual(64_000);
      expect(roomFor(role, 4_000)).toBe(PROMPT_TOKENS[role] * 4 - 4_000);
      expect(roomFor(role, 10_000_000)).toBe(0);
    }
  });
});
