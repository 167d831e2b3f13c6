/** Numbers as people write them on a command line: digits, and at most one point. */

/** NaN for everything else, also for what a program could read: `0x10`, `1e3`, ` 5`, `+5`, `Infinity`. */
export function plainNumber(text: string): number {
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

/** Likewise without a point, and not too large to be exact. */
export function plainWholeNumber(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : Number.NaN;
}
