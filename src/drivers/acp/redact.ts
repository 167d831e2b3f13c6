/** Takes known secrets out of what an agent says, before anything of it is shown or stored. */

/** Shorter values stand in ordinary text by chance. */
const SHORTEST_SECRET = 8;

export interface Redactor {
  text(text: string): string;
  /** Of every text inside of a value that came as JSON. */
  value(value: unknown): unknown;
}

/** `secrets` by the name that is shown in their place. Longer ones go first: one may be a part of another. */
export function createRedactor(secrets: ReadonlyMap<string, string>): Redactor {
  const known = [...secrets]
    .filter(([, secret]) => secret.length >= SHORTEST_SECRET)
    .toSorted(([, a], [, b]) => b.length - a.length);
  const text = (given: string) =>
    known.reduce((rest, [name, secret]) => rest.replaceAll(secret, `[${name}]`), given);
  const value = (given: unknown): unknown => {
    if (typeof given === 'string') return text(given);
    if (Array.isArray(given)) return given.map((item) => value(item));
    if (typeof given !== 'object' || given === null) return given;
    return Object.fromEntries(Object.entries(given).map(([key, item]) => [text(key), value(item)]));
  };
  return { text, value };
}
