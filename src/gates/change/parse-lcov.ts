/** Reads an lcov file: which lines of which files ran. Only the records that say so (`SF`, `DA`) are looked at. */
import { isAbsolute, join, posix, relative } from 'node:path';

/** Executions by line number, by path in the repository. */
export type LineHits = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Paths are absolute or relative to the module; what lies outside of the checkout is left out. */
export function parseLcov(text: string, place: { root: string; module: string }): LineHits {
  const files = new Map<string, Map<number, number>>();
  let current: Map<number, number> | null = null;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line.startsWith('SF:')) {
      const path = pathOf(line.slice(3), place);
      current = path === null ? null : (files.get(path) ?? new Map<number, number>());
      if (path !== null && current !== null) files.set(path, current);
    } else if (line === 'end_of_record') {
      current = null;
    } else if (current !== null && line.startsWith('DA:')) {
      const [number, hits] = line.slice(3).split(',').map(Number);
      if (number === undefined || hits === undefined || !Number.isInteger(number) || Number.isNaN(hits))
        continue;
      // A file that several processes ran stands there once for each.
      current.set(number, (current.get(number) ?? 0) + hits);
    }
  }
  return files;
}

function pathOf(file: string, { root, module }: { root: string; module: string }): string | null {
  const path = isAbsolute(file) ? relative(root, file) : posix.normalize(join(module, file));
  return path.startsWith('..') || isAbsolute(path) || path === '' ? null : path;
}
