/** Names that a change may not bring in: other systems take them for another file, or cannot have them at all. */
import { hiddenIn } from '../core/checks/hidden-characters.ts';
import type { TreeChange } from './changes.ts';
import type { RefusedPath } from './refused-paths.ts';
import { readablePath } from './walk-files.ts';

const GONE_MODE = '000000';
// oxlint-disable-next-line no-control-regex -- these characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** Of the files that a change brings in, or gives a new name. What the base has already (`before`, as bytes in latin1) stays as it is. */
export function findRefusedNames(before: readonly string[], changes: readonly TreeChange[]): RefusedPath[] {
  const present = changes.filter(({ newMode }) => newMode !== GONE_MODE).map(({ change }) => change);
  const added = present.filter(({ status }) => status === 'added' || status === 'renamed');
  const refused = [
    ...present.flatMap(({ path }) => (isInstalledProgram(path) ? [{ path, problem: INSTALLED }] : [])),
    ...added.flatMap(({ path }) => {
      const problem = nameProblem(path);
      return problem === null ? [] : [{ path, problem }];
    }),
  ];
  const paths = added.map(({ path }) => path);
  return [...refused, ...(paths.length === 0 ? [] : findTwins(paths, pathsAfter(before, changes)))];
}

const INSTALLED = 'lies in node_modules/.bin, from where programs are started by their name';

function isInstalledProgram(path: string): boolean {
  return fold(`/${path}`).includes('/node_modules/.bin/');
}

/** null: every system can have it. */
function nameProblem(path: string): string | null {
  if (CONTROL.test(path)) return 'has a control character in its name';
  if (hiddenIn(path).length > 0)
    return 'has a character in its name that nobody sees, or that reorders what people see';
  if (path.startsWith('-')) return 'begins with a dash, as options of commands do';
  return path.split('/').some((part) => /[. ]$/.test(part))
    ? 'has a name that ends with a dot or a space, which some systems leave out'
    : null;
}

/** Files and folders that differ only in case or in the form of their Unicode: many systems have one place for both. */
function findTwins(added: readonly string[], all: readonly string[]): RefusedPath[] {
  const wanted = new Set(added.flatMap((path) => prefixesOf(fold(path))));
  const names = new Map<string, Set<string>>();
  for (const path of all) {
    const parts = path.split('/');
    prefixesOf(fold(path)).forEach((folded, depth) => {
      if (!wanted.has(folded)) return;
      const known = names.get(folded) ?? new Set();
      names.set(folded, known.add(parts.slice(0, depth + 1).join('/')));
    });
  }
  return added.flatMap((path) => {
    const own = prefixesOf(path);
    const twin = prefixesOf(fold(path))
      .map((folded, depth) => [...(names.get(folded) ?? [])].find((name) => name !== own[depth]))
      .find((name) => name !== undefined);
    return twin === undefined
      ? []
      : [{ path, problem: `differs from ${twin} only in case or in the form of its characters` }];
  });
}

/** `a/b/c`: `a`, `a/b`, `a/b/c`. */
function prefixesOf(path: string): string[] {
  const ends = [...path.matchAll(/\//g)].map(({ index }) => index);
  return [...ends, path.length].map((end) => path.slice(0, end));
}

function fold(path: string): string {
  return path.normalize('NFC').toLowerCase().normalize('NFC');
}

/** What is there once the changes are made. */
function pathsAfter(before: readonly string[], changes: readonly TreeChange[]): string[] {
  const paths = new Set(before);
  for (const { bytes, newMode } of changes) {
    if (newMode === GONE_MODE) paths.delete(bytes);
    else paths.add(bytes);
  }
  return [...paths].map(readablePath);
}
