/** What is known of a parsed value: nothing, until somebody looks. Pure. */

export type Json = Record<string, unknown>;

/** An object that is neither a list nor null. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value, where it is an object; else an empty one. */
export function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}
