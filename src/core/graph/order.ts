/** An order in which every step comes after its needs, and else stays where it was. Steps in a circle come last. */
import type { Step } from '../graph.ts';

export function sortByNeeds(steps: readonly Step[]): Step[] {
  return sortByDependencies(steps, ({ id, needs }) => ({ id, needs }));
}

/**
 * The same for anything that has an id and waits for others; ids that nobody has are waited for by nobody. The first of
 * those that could come next comes next: work grows with the number of dependencies, not with its square.
 */
export function sortByDependencies<T>(
  items: readonly T[],
  read: (item: T) => { id: string; needs: readonly string[] },
): T[] {
  const facts = items.map(read);
  const known = new Set(facts.map(({ id }) => id));
  const waitingFor = new Map<string, number[]>();
  const open = facts.map(({ needs }, at) => {
    const own = [...new Set(needs)].filter((id) => known.has(id));
    for (const id of own) push(waitingFor, id, at);
    return own.length;
  });
  const ready = open.flatMap((count, at) => (count === 0 ? [at] : []));
  const placed = new Set<number>();
  const settled = new Set<string>();
  const sorted: T[] = [];
  for (let first = 0; sorted.length < items.length;) {
    while (placed.has(first)) first += 1;
    const at = ready.shift() ?? first;
    const [item, id] = [items[at], facts[at]?.id];
    if (item === undefined || id === undefined) break;
    placed.add(at);
    sorted.push(item);
    if (settled.has(id)) continue;
    settled.add(id);
    for (const next of waitingFor.get(id) ?? []) {
      open[next] = (open[next] ?? 0) - 1;
      if (open[next] === 0 && !placed.has(next)) insert(ready, next);
    }
  }
  return sorted;
}

/** Into numbers that are in order. */
function insert(sorted: number[], value: number): void {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, value);
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
