/** Files and names of Python that texts mean: in code, in settings, and in look-ups while a program runs. Pure. */
import { posix } from 'node:path';
import type { PythonFacts } from './python-facts.ts';
import { keyOf, type PythonModules, type PythonTree } from './python-modules.ts';

export interface PythonMeant {
  files: readonly string[];
  /** `keyOf`. */
  keys: readonly string[];
}

/** Whoever has an object may call its method. */
export const ofAnyObject = (name: string): string => keyOf('.', name);
/** Whoever loads modules by names that it makes may call what is in them. */
export const ofAnyModule = (name: string): string => keyOf('*', name);

/** `shop.api:app`, `shop.views.Orders.list`: the longest beginning that is a module, and names in it. */
export function meantBy(text: string, from: string, modules: PythonModules): PythonMeant {
  const parts = text.replaceAll(':', '.').split('.').filter(Boolean);
  for (let end = parts.length; end > 0 && parts.length > 1; end -= 1) {
    const files = modules.filesOf(from, parts.slice(0, end).join('.'));
    if (files.length === 0) continue;
    const [name, method] = parts.slice(end);
    return {
      files,
      keys: [
        ...(name === undefined ? [] : modules.meant(files, name)),
        ...(method === undefined ? [] : [ofAnyObject(method)]),
      ],
    };
  }
  return { files: [], keys: [] };
}

/** `src/jobs/nightly.py`, `/app/main.py`, `src/orders.create`, `shop.api:app`. */
export function meantOutside(word: string, tree: PythonTree, modules: PythonModules): PythonMeant {
  const path = posix.normalize(word.replace(/[.:]+$/, '')).replace(/^[./]+/, '');
  if (path.endsWith('.py')) {
    const fits = (file: string): boolean =>
      file === path || file.endsWith(`/${path}`) || path.endsWith(`/${file}`);
    return { files: [...tree.keys()].filter(fits), keys: [] };
  }
  const inside = path.replaceAll('/', '.');
  const [meant] = [inside, inside.replace(/^(?:src|app|lib)\./, '')]
    .map((each) => meantBy(each, '', modules))
    .filter(({ files }) => files.length > 0);
  return meant ?? { files: [], keys: [] };
}

/** What may be meant where modules are loaded by names that are made: below the folders that the texts name, or its own. */
export function loadedWhileRunning(file: string, { loads }: PythonFacts, tree: PythonTree): string[] {
  if (loads === null) return [];
  const folders = loads
    .map((text) => (/^[\w.]+/.exec(text)?.[0] ?? '').replace(/^\.+|\.+$/g, '').replaceAll('.', '/'))
    .filter((folder) => folder !== '');
  const below = (folder: string): string[] =>
    [...tree.keys()].filter((path) => `/${posix.dirname(path)}/`.includes(`/${folder}/`));
  const named = folders.flatMap(below);
  if (named.length > 0) return named;
  const own = posix.dirname(file);
  return [...tree.keys()].filter((path) => own === '.' || path.startsWith(`${own}/`));
}

/** Files all of whose names somebody goes over. */
export function filesGoneOver(tree: PythonTree, modules: PythonModules): ReadonlySet<string> {
  return new Set(
    [...tree].flatMap(([file, { goesOver }]) =>
      goesOver.flatMap((name) => (name === '__name__' ? [file] : (modules.bound(file, name)?.modules ?? []))),
    ),
  );
}
