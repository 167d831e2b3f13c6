import { describe, expect, it } from 'vitest';
import { createSlots, createTurns, type Haste, type Turns } from './turns.ts';

const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

/** Begins work that lasts until it is ended by name, and keeps a log of who began. */
function workshop(turns: Turns) {
  const began: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    began,
    begin: (name: string, turn: 'beside' | 'alone'): Promise<void> =>
      turns.take(turn, async () => {
        began.push(name);
        await new Promise<void>((end) => void ends.set(name, end));
      }),
    end: async (name: string): Promise<void> => {
      ends.get(name)?.();
      await settled();
    },
  };
}

describe('turns', () => {
  it('let any number work side by side, and nobody beside one who is alone', async () => {
    const shop = workshop(createTurns());
    const all = [
      shop.begin('a', 'beside'),
      shop.begin('b', 'beside'),
      shop.begin('c', 'alone'),
      shop.begin('d', 'beside'),
      shop.begin('e', 'beside'),
    ];
    await settled();
    await shop.end('a');
    expect(shop.began).toEqual(['a', 'b']);
    await shop.end('b');
    expect(shop.began).toEqual(['a', 'b', 'c']);
    await shop.end('c');
    expect(shop.began).toEqual(['a', 'b', 'c', 'd', 'e']);
    await shop.end('d');
    await shop.end('e');
    await Promise.all(all);
  });

  it('pass on when the work fails', async () => {
    const turns = createTurns();
    await expect(turns.take('alone', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await turns.take('alone', () => Promise.resolve('next'))).toBe('next');
  });
});

describe('slots', () => {
  const openShop = (most: { steady: number; all: number }, haste: Haste = 'steady') => {
    const slots = createSlots(most);
    return workshop({ take: (turn, work) => slots.take(turn, haste, work) });
  };

  it('hold back whoever comes when all are taken', async () => {
    const shop = openShop({ steady: 2, all: 2 });
    const all = ['a', 'b', 'c'].map((name) => shop.begin(name, 'beside'));
    await settled();
    expect(shop.began).toEqual(['a', 'b']);
    await shop.end('b');
    expect(shop.began).toEqual(['a', 'b', 'c']);
    await shop.end('a');
    await shop.end('c');
    await Promise.all(all);
  });

  it('have room for one more that is patient, and for as many of those as for all', async () => {
    const slots = createSlots({ steady: 2, all: 3 });
    const steady = workshop({ take: (turn, work) => slots.take(turn, 'steady', work) });
    const patient = workshop({ take: (turn, work) => slots.take(turn, 'patient', work) });
    const all = ['a', 'b', 'c'].map((name) => steady.begin(name, 'beside'));
    all.push(...['types', 'lint', 'build'].map((name) => patient.begin(name, 'beside')));
    await settled();
    expect([steady.began, patient.began]).toEqual([['a', 'b'], ['types']]);
    await patient.end('types');
    expect(patient.began).toEqual(['types', 'lint']);
    await steady.end('a');
    expect(steady.began).toEqual(['a', 'b', 'c']);
    await steady.end('b');
    await steady.end('c');
    expect(patient.began).toEqual(['types', 'lint', 'build']);
    await patient.end('lint');
    await patient.end('build');
    await Promise.all(all);
  });

  it('leave whoever is alone alone', async () => {
    const shop = openShop({ steady: 2, all: 3 }, 'patient');
    const all = [shop.begin('a', 'alone'), shop.begin('b', 'beside')];
    await settled();
    expect(shop.began).toEqual(['a']);
    await shop.end('a');
    expect(shop.began).toEqual(['a', 'b']);
    await shop.end('b');
    await Promise.all(all);
  });
});
