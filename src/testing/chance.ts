/** Chance that depends on what is asked only: the same parts come out the same, in any order and as often as they are asked. */
import { rollFor } from './random.ts';
import type { Temper } from './temper.ts';

export interface Chance {
  /** From 0 to 1. */
  roll(...parts: (string | number)[]): number;
  /** Whether this goes wrong here. */
  happens(what: keyof Temper, ...parts: (string | number)[]): boolean;
}

export function createChance(seed: number, temper: Temper): Chance {
  const roll = (...parts: (string | number)[]): number => rollFor(seed, ...parts);
  return { roll, happens: (what, ...parts) => roll(what, ...parts) < temper[what] };
}

/** The key without its attempt. */
export function plain(key: string): string {
  return key.replace(/\/a\d+$/, '');
}
