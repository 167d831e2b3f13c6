/** Takes known secrets out of what an agent says, before anything of it is shown or stored. */
import { createHalfFinder, findBeginning, withoutHalves, type Beginning } from './secret-halves.ts';

/** Shorter values stand in ordinary text by chance. */
const SHORTEST_SECRET = 8;
/** A shorter one whose letters stand apart is ordinary text; so is a short line of a longer one. */
const SHORTEST_SPLIT = 16;
/** Between the pieces of a text that is written over several lines, also where the lines are written in JSON. */
const BETWEEN = String.raw`(?:\\[nrt]|[\s"'\`+,\\]){0,40}`;

export interface Redactor {
  text(text: string): string;
  /** Of output as it came, which need not be text. */
  bytes(bytes: Uint8Array): Uint8Array;
  /** Of every text inside of a value that came as JSON. */
  value(value: unknown): unknown;
  /** What may be the beginning of a secret at the end of a text, of which the rest is still to come. */
  beginning(text: string): Beginning;
}

/**
 * `secrets` by the name that is shown in their place, as they are and as programs write them: in JSON, in an address, in
 * base64 (also amid other text), in hexadecimal, over several lines, each line of one that has several, and the part of
 * one that stands at a cut. Longer ones go first: one may be a part of another. `last` has the last word on every text.
 */
export function createRedactor(
  secrets: ReadonlyMap<string, string>,
  last: (text: string) => string = (given) => given,
): Redactor {
  const known = [...secrets]
    .filter(([, secret]) => secret.length >= SHORTEST_SECRET)
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([name, secret]) => ({ shown: `[${name}]`, forms: formsOf(secret) }));
  const inText = once(() => readerOf(known));
  const inBytes = once(() =>
    readerOf(
      known.map(({ shown, forms }) => ({
        shown,
        forms: forms.map((form) => ({ ...form, text: asLatin(form.text) })),
      })),
    ),
  );
  const without = (given: string, { patterns, halves }: Reader): string => {
    // What a cut left first: without its own lines, the rest of a secret of several lines would not be known.
    const uncut = withoutHalves(given, halves);
    return last(patterns.reduce((rest, { shown, pattern }) => rest.replace(pattern, () => shown), uncut));
  };
  const text = (given: string): string => without(given, inText());
  const bytes = (given: Uint8Array): Uint8Array => {
    // One character per byte: what is no text stays as it is.
    const spelled = Buffer.from(given.buffer, given.byteOffset, given.byteLength).toString('latin1');
    const left = without(spelled, inBytes());
    return left === spelled ? given : Buffer.from(left, 'latin1');
  };
  return {
    text,
    bytes,
    value: (given) => mapTexts(given, text),
    beginning: (given) => findBeginning(given, inText().halves),
  };
}

/** A copy in which `text` had every text and key. Without calling itself: others say how deep a value is nested. */
function mapTexts(given: unknown, text: (given: string) => string): unknown {
  const open: { from: object; to: object }[] = [];
  const copyOf = (item: unknown): unknown => {
    if (typeof item === 'string') return text(item);
    if (typeof item !== 'object' || item === null) return item;
    const to = Array.isArray(item) ? [] : {};
    open.push({ from: item, to });
    return to;
  };
  const copy = copyOf(given);
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const [key, item] of Object.entries(next.from)) {
      // Defined, not set: a key may be `__proto__`.
      const property = { value: copyOf(item), writable: true, enumerable: true, configurable: true };
      Object.defineProperty(next.to, Array.isArray(next.from) ? key : text(key), property);
    }
  return copy;
}

/** Looks for these secrets in some bytes, in any form that is taken out: each with the line where it first stands, from 1. */
export function secretFinder(
  secrets: ReadonlyMap<string, string>,
): (bytes: Uint8Array) => { name: string; line: number }[] {
  const known = [...secrets].map(([name, secret]) => ({
    name,
    pattern: patternOf(formsOf(secret).map((form) => ({ ...form, text: asLatin(form.text) }))),
  }));
  return (bytes) => {
    const texts = spellingsOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return known.flatMap(({ name, pattern }) => {
      const found = texts.map((text) => ({ text, at: text.search(pattern) })).find(({ at }) => at >= 0);
      return found === undefined ? [] : [{ name, line: found.text.slice(0, found.at).split('\n').length }];
    });
  };
}

/** One character per byte; where there are NUL bytes also what they say in UTF-16, in both orders. */
function spellingsOf(bytes: Buffer): string[] {
  if (!bytes.includes(0)) return [bytes.toString('latin1')];
  const wide = [bytes, bytes.subarray(1)].map((part) => asLatin(part.toString('utf16le')));
  return [bytes.toString('latin1'), ...wide];
}

/** One way to write a secret. `split`: also with signs between its letters. */
interface Form {
  text: string;
  split: boolean;
}

interface Reader {
  patterns: { shown: string; pattern: RegExp }[];
  halves: ReturnType<typeof createHalfFinder>;
}

function readerOf(known: readonly { shown: string; forms: readonly Form[] }[]): Reader {
  return {
    patterns: known.map(({ shown, forms }) => ({ shown, pattern: patternOf(forms) })),
    halves: createHalfFinder(known.flatMap(({ shown, forms }) => forms.map(({ text }) => ({ shown, text })))),
  };
}

/** Secrets of several lines take a while to make ready, and many a run says nothing. */
function once<T extends object>(make: () => T): () => T {
  let made: T | null = null;
  return () => (made ??= make());
}

/** Whole ones before their parts; of a secret of several lines also each line that is long enough. */
function formsOf(secret: string): Form[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= SHORTEST_SPLIT && line !== secret);
  return [secret, ...lines].flatMap(formsOfText);
}

function formsOfText(text: string): Form[] {
  const bytes = Buffer.from(text);
  const encoded = [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
  const inside = [0, 1, 2].flatMap((offset) => base64Within(bytes, offset));
  const split = text.length >= SHORTEST_SPLIT ? [text, ...encoded, ...inside, bytes.toString('hex')] : [];
  const whole = [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text), ...encoded];
  return [
    ...split.map((each) => ({ text: each, split: true })),
    ...whole.map((each) => ({ text: each, split: false })),
  ];
}

/** What stays the same wherever the bytes lie in a longer base64 text: without the signs that they share with others. */
function base64Within(bytes: Buffer, offset: number): string[] {
  const shifted = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const from = offset === 0 ? 0 : offset + 1;
  const own = shifted.slice(from, shifted.length % 4 === 0 ? undefined : -1);
  return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
}

function patternOf(forms: readonly Form[]): RegExp {
  const words = forms.map(({ text, split }) => (split ? spread(text) : escapeSigns(text)));
  return new RegExp([...new Set(words)].join('|'), 'g');
}

/** As it stands in a text that was read with one character per byte. */
function asLatin(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function spread(text: string): string {
  return Array.from(text, escapeSigns).join(BETWEEN);
}

function escapeSigns(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
