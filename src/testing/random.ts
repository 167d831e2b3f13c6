/** Chance that can be repeated: numbers from a seed, and numbers from a name. */

/** Numbers in [0, 1), the same ones for the same seed. */
export type Random = () => number;

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A short name for any text: equal for equal texts, and in a test for no others. */
export function digest(...parts: (string | number)[]): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  const text = parts.join('\u0000');
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x5bd1e995) ^ (b >>> 13);
  }
  return (mix(a) >>> 0).toString(16).padStart(8, '0') + (mix(b ^ a) >>> 0).toString(16).padStart(8, '0');
}

/** A number in [0, 1) that depends on these names only. */
export function rollFor(...parts: (string | number)[]): number {
  return Number.parseInt(digest(...parts).slice(0, 8), 16) / 2 ** 32;
}

function mix(value: number): number {
  let v = value;
  v = Math.imul(v ^ (v >>> 16), 0x85ebca6b);
  v = Math.imul(v ^ (v >>> 13), 0xc2b2ae35);
  return v ^ (v >>> 16);
}

/** The items in another order. */
export function shuffle<T>(items: Iterable<T>, random: Random): T[] {
  return [...items]
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
