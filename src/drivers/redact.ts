/** Takes known secrets out of what an agent says, before anything of it is shown or stored. */

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
}

/**
 * `secrets` by the name that is shown in their place, as they are and as programs write them: in JSON, in an address, in
 * base64 (also amid other text), in hexadecimal, over several lines, each line of one that has several. Longer ones go
 * first: one may be a part of another. `last` has the last word on every text.
 */
export function createRedactor(
  secrets: ReadonlyMap<string, string>,
  last: (text: string) => string = (given) => given,
): Redactor {
  const known = [...secrets]
    .filter(([, secret]) => secret.length >= SHORTEST_SECRET)
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([name, secret]) => ({ shown: `[${name}]`, forms: formsOf(secret) }));
  const inText = known.map(({ shown, forms }) => ({ shown, pattern: patternOf(forms) }));
  const inBytes = known.map(({ shown, forms }) => ({ shown, pattern: patternOf(forms.map(asLatin)) }));
  const without = (given: string, all: typeof inText): string =>
    last(all.reduce((rest, { shown, pattern }) => rest.replace(pattern, () => shown), given));
  const text = (given: string): string => without(given, inText);
  const bytes = (given: Uint8Array): Uint8Array => {
    // One character per byte: what is no text stays as it is.
    const spelled = Buffer.from(given.buffer, given.byteOffset, given.byteLength).toString('latin1');
    const left = without(spelled, inBytes);
    return left === spelled ? given : Buffer.from(left, 'latin1');
  };
  const value = (given: unknown): unknown => {
    if (typeof given === 'string') return text(given);
    if (Array.isArray(given)) return given.map((item) => value(item));
    if (typeof given !== 'object' || given === null) return given;
    return Object.fromEntries(Object.entries(given).map(([key, item]) => [text(key), value(item)]));
  };
  return { text, bytes, value };
}

/** Looks for these secrets in some bytes, in any form that is taken out: each with the line where it first stands, from 1. */
export function secretFinder(
  secrets: ReadonlyMap<string, string>,
): (bytes: Uint8Array) => { name: string; line: number }[] {
  const known = [...secrets].map(([name, secret]) => ({
    name,
    pattern: patternOf(formsOf(secret).map(asLatin)),
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

/** As patterns, whole ones before their parts; of a secret of several lines also each line that is long enough. */
function formsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= SHORTEST_SPLIT && line !== secret);
  return [...new Set([secret, ...lines].flatMap(formsOfText))];
}

function formsOfText(text: string): string[] {
  const bytes = Buffer.from(text);
  const encoded = [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
  const inside = [0, 1, 2].flatMap((offset) => base64Within(bytes, offset));
  const split = text.length >= SHORTEST_SPLIT ? [text, ...encoded, ...inside, bytes.toString('hex')] : [];
  const whole = [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text), ...encoded];
  return [...split.map(spread), ...whole.map(escapeSigns)];
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

function patternOf(forms: readonly string[]): RegExp {
  return new RegExp(forms.join('|'), 'g');
}

/** The pattern for a text that was read with one character per byte. */
function asLatin(form: string): string {
  return Buffer.from(form).toString('latin1');
}

function spread(text: string): string {
  return Array.from(text, escapeSigns).join(BETWEEN);
}

function escapeSigns(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
