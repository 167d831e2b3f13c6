/**
 * Parts of known secrets where a text was cut, and at its end, where the rest may still come. What is compared are texts
 * without the signs that may stand between the letters of a secret: too much is found that way, and nothing is missed.
 */
import { CUT, CUT_IN_BYTES } from './cut.ts';

/** A shorter part tells nobody anything. */
const SHORTEST_PART = 8;
/** So many signs between two letters are no secret any more. */
const LONGEST_BETWEEN = 128;
/** Everything that may stand between letters, also in escapes (`\\n`), whose letters count nowhere. */
const LOOSE = /[\s"'`+,\\nrt]/;
const TIGHT = Array.from({ length: 256 }, (_, code) => !LOOSE.test(String.fromCharCode(code)));
/** Said of what lies between: no part of the text. */
const SIGN = `(?:${CUT}|${CUT_IN_BYTES})`;
const GAPS = new RegExp(
  String.raw`(\s{0,40}(?:\[${SIGN} \d{1,15} bytes left out ${SIGN}\]|${SIGN})\s{0,40})`,
);

/** Where a secret may begin. `from`: with the signs before it that count nowhere; `letters`: how many of it are there. */
export interface Beginning {
  at: number;
  from: number;
  letters: number;
  shown: string;
}

interface Written {
  shown: string;
  text: string;
}

/** `text` without the signs that count nowhere; `lead`: those that it begins with. */
interface Way extends Written {
  lead: string;
}

interface Ways {
  byFirst: ReadonlyMap<string, readonly Way[]>;
  longest: number;
}

/** The ways to write secrets, from their beginnings and from their ends. */
export interface HalfFinder {
  forward: Ways;
  backward: Ways;
}

export function createHalfFinder(written: readonly Written[]): HalfFinder {
  return {
    forward: waysOf(written),
    backward: waysOf(written.map(({ shown, text }) => ({ shown, text: reversed(text) }))),
  };
}

function waysOf(written: readonly Written[]): Ways {
  const tight = written.flatMap(({ shown, text }): [string, Way][] => {
    const kept = text.split('').filter(isTight).join('');
    return kept === '' ? [] : [[kept, { shown, text: kept, lead: text.slice(0, leadOf(text)) }]];
  });
  const known = [...new Map(tight.toReversed()).values()];
  return {
    byFirst: Map.groupBy(known, ({ text }) => text.charAt(0)),
    longest: known.reduce((most, { text }) => Math.max(most, text.length), 0),
  };
}

function leadOf(text: string): number {
  const first = text.split('').findIndex(isTight);
  return first < 0 ? text.length : first;
}

/** The longest beginning of a secret that stands at the end of a text. */
export function findBeginning(text: string, { forward }: Pick<HalfFinder, 'forward'>): Beginning {
  return beginningOf(text, forward);
}

/** Also of one of which nothing is missing but signs that count nowhere. */
function beginningOf(text: string, { byFirst, longest }: Ways): Beginning {
  const places: number[] = [];
  let end = text.length;
  for (let at = text.length - 1; at >= 0 && places.length < longest && end - at <= LONGEST_BETWEEN; at -= 1) {
    if (!isTight(text.charAt(at))) continue;
    places.push(at);
    end = at;
  }
  places.reverse();
  const tight = places.map((at) => text.charAt(at)).join('');
  for (const [index, at] of places.entries()) {
    const rest = tight.slice(index);
    const found = byFirst.get(rest.charAt(0))?.find((way) => way.text.startsWith(rest));
    if (found === undefined) continue;
    return {
      at: leadFrom(text, at, found.lead),
      from: looseFrom(text, at),
      letters: rest.length,
      shown: found.shown,
    };
  }
  return { at: text.length, from: looseFrom(text, text.length), letters: 0, shown: '' };
}

/** Where the secret's own first signs stand before the first that counts. */
function leadFrom(text: string, at: number, lead: string): number {
  for (let from = 0; from < lead.length; from += 1)
    if (text.endsWith(lead.slice(from), at)) return at - (lead.length - from);
  return at;
}

function looseFrom(text: string, at: number): number {
  let from = at;
  while (from > 0 && at - from < LONGEST_BETWEEN && !isTight(text.charAt(from - 1))) from -= 1;
  return from;
}

/** The text with a name in place of what a cut left of a secret, on both of its sides. */
export function withoutHalves(text: string, { forward, backward }: HalfFinder): string {
  if (forward.longest === 0 || !(text.includes(CUT) || text.includes(CUT_IN_BYTES))) return text;
  // What was split at stands at every second place.
  const pieces = text.split(GAPS);
  return pieces
    .map((piece, index) => {
      if (index % 2 === 1) return piece;
      const left = index === pieces.length - 1 ? piece : withoutBeginning(piece, forward);
      return index === 0 ? left : reversed(withoutBeginning(reversed(left), backward, reversed));
    })
    .join('');
}

function withoutBeginning(text: string, ways: Ways, write = (shown: string): string => shown): string {
  const { at, shown } = beginningOf(text, ways);
  const isLong = text.slice(at).replaceAll(/[\s"'`,\\]/g, '').length >= SHORTEST_PART;
  return isLong ? text.slice(0, at) + write(shown) : text;
}

function isTight(sign: string): boolean {
  const code = sign.charCodeAt(0);
  return code < TIGHT.length ? (TIGHT[code] ?? false) : !LOOSE.test(sign);
}

/** By units: signs of several are put together again when it is reversed once more. */
function reversed(text: string): string {
  return text.split('').toReversed().join('');
}
