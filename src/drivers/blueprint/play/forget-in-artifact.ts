import { createRandom, FORGOTTEN_PARTS } from '../careless.ts';
import type { Result } from '../order.ts';

/** Leaves items out of a result's lists, as a careless author would: never the last one of a list. */
export function forgetInArtifact(result: Result, seed: string, count = FORGOTTEN_PARTS): Result {
  const copy = structuredClone(result);
  const random = createRandom(seed);
  for (let i = 0; i < count; i += 1) {
    const places = removable(copy);
    const place = places[Math.floor(random() * places.length)];
    place?.();
  }
  return copy;
}

/** Every way to leave one thing out. */
function removable(result: Result): (() => void)[] {
  const requirements = asLists(result['requirements'], ['functional', 'acceptance_criteria']);
  const plan = asLists(result['plan'], ['tasks', 'rollback']);
  const lists = [...requirements, ...plan].flatMap((list) =>
    list.length > 1 ? list.map((_, i) => () => void list.splice(i, 1)) : [],
  );
  return [...lists, ...bodyLines(result['pull_requests'])];
}

function asLists(value: unknown, keys: string[]): unknown[][] {
  if (typeof value !== 'object' || value === null) return [];
  return keys.flatMap((key) => {
    const list = Object.entries(value).find(([name]) => name === key)?.[1] as unknown;
    return Array.isArray(list) ? [list] : [];
  });
}

/** The criteria that a pull request names. */
function bodyLines(value: unknown): (() => void)[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((text: { body: string }) => {
    const lines = text.body.split('\n').filter((line) => /^- A\d+: /.test(line));
    return lines.map((line) => () => {
      text.body = text.body.replace(`${line}\n`, '');
    });
  });
}
