/** Shares with their interval. Pure. */

const Z = 1.96;

export interface Share {
  hits: number;
  of: number;
  /** Wilson's interval at 95 %; from 0 to 1. */
  low: number;
  high: number;
}

export function share(hits: number, of: number): Share {
  if (of === 0) return { hits, of, low: 0, high: 1 };
  const p = hits / of;
  const base = 1 + Z ** 2 / of;
  const middle = (p + Z ** 2 / (2 * of)) / base;
  const half = (Z * Math.sqrt((p * (1 - p)) / of + Z ** 2 / (4 * of ** 2))) / base;
  return { hits, of, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

export function sayShare({ hits, of, low, high }: Share): string {
  if (of === 0) return 'not measured';
  const percent = (value: number): string => `${(value * 100).toFixed(0)} %`;
  return `${hits} of ${of} = ${percent(hits / of)} (${percent(low)} to ${percent(high)})`;
}
