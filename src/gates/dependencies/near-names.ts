/** Names that people take for another one: a letter more, less, other or in another place. Pure. */

/** Shorter names are near to each other by chance. */
const SHORTEST = 5;

/** The first of `known` that `name` could be a slip of; null: none is. */
export function nearName(name: string, known: Iterable<string>): string | null {
  for (const other of known) if (isNear(name, other)) return other;
  return null;
}

function isNear(one: string, two: string): boolean {
  if (one === two || Math.min(one.length, two.length) < SHORTEST) return false;
  if (squeeze(one) === squeeze(two)) return true;
  return Math.abs(one.length - two.length) <= 1 && isOneSlipApart(one.toLowerCase(), two.toLowerCase());
}

/** Without what people leave out or mix up between words. */
const squeeze = (name: string): string => name.toLowerCase().replace(/[-_.]/gu, '');

function isOneSlipApart(one: string, two: string): boolean {
  const [short, long] = one.length <= two.length ? [one, two] : [two, one];
  let at = 0;
  while (at < short.length && short[at] === long[at]) at += 1;
  if (short.length < long.length) return short.slice(at) === long.slice(at + 1);
  if (short.slice(at + 1) === long.slice(at + 1)) return true;
  const isSwapped = short[at] === long[at + 1] && short[at + 1] === long[at];
  return isSwapped && short.slice(at + 2) === long.slice(at + 2);
}
