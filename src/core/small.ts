/**
 * Sets and maps of a step's state. Most of them stay empty or hold one entry, in runs of up to 10,000 steps: the empty ones
 * are shared, and a change makes a new one.
 */
export const NO_ENTRIES: ReadonlyMap<never, never> = new Map<never, never>();
export const NO_MEMBERS: ReadonlySet<never> = new Set<never>();

export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

export function withMembers<T>(set: ReadonlySet<T>, members: Iterable<T>): ReadonlySet<T> {
  const all = new Set(set);
  for (const member of members) all.add(member);
  return all.size === set.size ? set : all;
}

/** One more of `key`. */
export function counted<K>(counts: ReadonlyMap<K, number>, key: K): ReadonlyMap<K, number> {
  return withEntry(counts, key, (counts.get(key) ?? 0) + 1);
}
