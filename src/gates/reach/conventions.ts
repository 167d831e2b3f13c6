/** Files that a framework finds by where they lie: nobody imports them, and they are at work all the same. Pure. */
import { posix } from 'node:path';
import { importersOf, type ModuleGraph } from './reachability.ts';
import { isForTests } from './source-files.ts';

/** A folder of everything says nothing of a file's kind. */
const HOLDS_ALL = /^\.$|(?:^|\/)(?:src|source|lib|app|server|packages|apps)$/;

/** Sources that no code but tests imports. */
export function importedByNobody(graph: ModuleGraph): Set<string> {
  const importers = importersOf(graph);
  return new Set(
    [...graph.keys()].filter(
      (file) => !isForTests(file) && [...(importers.get(file) ?? [])].every(isForTests),
    ),
  );
}

/**
 * Whether a new file lies where others were loaded that way at the base: in its folder, in the folders beside its own under
 * its own name, or anywhere below the folder around it; at least two of them, and at least half.
 */
export function isLoadedByPlace(file: string, base: Iterable<string>, byPlace: ReadonlySet<string>): boolean {
  const folder = posix.dirname(file);
  const around = posix.dirname(folder);
  const others = [...base].filter((path) => path !== file && !isForTests(path));
  const groups = [
    others.filter((path) => posix.dirname(path) === folder),
    others.filter(
      (path) =>
        posix.basename(path) === posix.basename(file) && posix.dirname(posix.dirname(path)) === around,
    ),
    folder === '.' || HOLDS_ALL.test(around) ? [] : others.filter((path) => path.startsWith(`${around}/`)),
  ];
  return groups.some((group) => {
    const found = group.filter((path) => byPlace.has(path)).length;
    return found >= 2 && found * 2 >= group.length;
  });
}
