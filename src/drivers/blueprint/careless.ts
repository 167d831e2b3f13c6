import type { Part } from './parts/part.ts';

/** How many parts a careless agent leaves out. */
export const FORGOTTEN_PARTS = 2;

/** Picks the parts that a careless agent forgets: the same ones for the same seed, and for another seed others. */
export function chooseForgotten(parts: Part[], seed: string, count = FORGOTTEN_PARTS): Part[] {
  const left = parts.filter((part) => part.forget !== null);
  const chosen: Part[] = [];
  const random = createRandom(seed);
  while (chosen.length < count && left.length > 0) {
    chosen.push(...left.splice(Math.floor(random() * left.length), 1));
  }
  return chosen;
}

/** A small seeded generator (mulberry32 over an FNV-1a hash of the seed). */
export function createRandom(seed: string): () => number {
  let state = 0x811c9dc5;
  for (let i = 0; i < seed.length; i += 1) state = Math.imul(state ^ seed.charCodeAt(i), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
