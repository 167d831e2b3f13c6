/** Takes known secrets out of what an agent says, before anything of it is shown or stored. */

/** Shorter values stand in ordinary text by chance. */
const SHORTEST_SECRET = 8;

export interface Redactor {
  text(text: string): string;
  /** Of output as it came, which need not be text. */
  bytes(bytes: Uint8Array): Uint8Array;
  /** Of every text inside of a value that came as JSON. */
  value(value: unknown): unknown;
}

/**
 * `secrets` by the name that is shown in their place, as they are and as programs write them: in JSON, in an address, in
 * base64. Longer ones go first: one may be a part of another.
 */
export function createRedactor(secrets: ReadonlyMap<string, string>): Redactor {
  const known = [...secrets]
    .filter(([, secret]) => secret.length >= SHORTEST_SECRET)
    .flatMap(([name, secret]) => formsOf(secret).map((form) => [`[${name}]`, form] as const))
    .toSorted(([, a], [, b]) => b.length - a.length);
  const text = (given: string) =>
    known.reduce((rest, [name, secret]) => rest.replaceAll(secret, () => name), given);
  const bytes = (given: Uint8Array): Uint8Array => {
    const found = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
    if (!known.some(([, secret]) => found.includes(secret))) return given;
    // One character per byte: what is no text stays as it is.
    const spelled = known.reduce(
      (rest, [name, secret]) => rest.replaceAll(Buffer.from(secret).toString('latin1'), () => name),
      found.toString('latin1'),
    );
    return Buffer.from(spelled, 'latin1');
  };
  const value = (given: unknown): unknown => {
    if (typeof given === 'string') return text(given);
    if (Array.isArray(given)) return given.map((item) => value(item));
    if (typeof given !== 'object' || given === null) return given;
    return Object.fromEntries(Object.entries(given).map(([key, item]) => [text(key), value(item)]));
  };
  return { text, bytes, value };
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64];
  return [...new Set([...forms, bytes.toString('base64url')])];
}
