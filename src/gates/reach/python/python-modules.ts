/** Which files of a tree an import of Python means, and where a name that it brings was declared. Pure. */
import { posix } from 'node:path';
import type { PythonFacts, PythonImport } from './python-facts.ts';

export type PythonTree = ReadonlyMap<string, PythonFacts>;

export interface PythonModules {
  /** The files of a module as a file names it: empty for what is from elsewhere. */
  filesOf(from: string, module: string): readonly string[];
  /** The files that an import runs, with the packages around them. */
  loadedBy(from: string, each: PythonImport): readonly string[];
  /** Where a name of these files may be declared (`keyOf`), over all that pass it on. */
  meant(files: readonly string[], name: string): ReadonlySet<string>;
  /** What a bare name means in a file, where an import brings it; `modules`: those that it may stand for. */
  bound(from: string, name: string): { keys: ReadonlySet<string>; modules: readonly string[] } | null;
}

export const keyOf = (file: string, name: string): string => `${file}\0${name}`;

export function modulesOf(tree: PythonTree): PythonModules {
  const byName = indexOf(tree);
  const isPackage = (folder: string): boolean => tree.has(posix.join(folder, '__init__.py'));

  const filesOf = (from: string, module: string): readonly string[] => {
    const [, points = '', path = ''] = /^(\.*)(.*)$/s.exec(module) ?? [];
    const own = posix.dirname(from);
    if (points !== '') {
      const folder = posix.join(own, '../'.repeat(points.length - 1), path.replaceAll('.', '/'));
      return [`${folder}.py`, posix.join(folder, '__init__.py')].filter((file) => tree.has(file));
    }
    // An absolute name begins where no package is, or beside a file that is run by itself.
    return (byName.get(path) ?? [])
      .filter(({ root }) => root === '.' || root === own || !isPackage(root))
      .map(({ file }) => file);
  };

  const importOf = (
    from: string,
    { module, name }: PythonImport,
  ): { files: readonly string[]; inner: readonly string[] } => ({
    files: filesOf(from, module),
    inner:
      name === null || name === '*'
        ? []
        : filesOf(from, module.endsWith('.') ? `${module}${name}` : `${module}.${name}`),
  });

  const loadedBy = (from: string, each: PythonImport): readonly string[] => {
    const { files, inner } = importOf(from, each);
    const all = [...files, ...inner];
    return [...new Set([...all, ...all.flatMap((file) => packagesAround(file, isPackage))])];
  };

  const meant = (files: readonly string[], name: string, seen = new Set<string>()): Set<string> => {
    for (const file of files) {
      const key = keyOf(file, name);
      if (seen.has(key)) continue;
      seen.add(key);
      for (const each of tree.get(file)?.imports ?? [])
        if (each.name === '*') meant(importOf(file, each).files, name, seen);
        else if (each.name !== null && each.as === name) meant(importOf(file, each).files, each.name, seen);
    }
    return seen;
  };

  return {
    filesOf,
    loadedBy,
    meant: (files, name) => meant(files, name),
    bound(from, name) {
      const imports = (tree.get(from)?.imports ?? []).filter((each) => each.as === name);
      if (imports.length === 0) return null;
      const read = imports.map((each) => ({ each, ...importOf(from, each) }));
      return {
        keys: new Set(
          read.flatMap(({ each, files }) => (each.name === null ? [] : [...meant(files, each.name)])),
        ),
        modules: read.flatMap(({ each, files, inner }) => (each.name === null ? files : inner)),
      };
    },
  };
}

/** Every name under which a file may be imported, with the folder that the name begins in. */
function indexOf(tree: PythonTree): ReadonlyMap<string, { file: string; root: string }[]> {
  const index = new Map<string, { file: string; root: string }[]>();
  for (const file of tree.keys()) {
    const parts = file.replace(/(?:\/__init__)?\.py$/, '').split('/');
    for (let from = 0; from < parts.length; from += 1) {
      const name = parts.slice(from).join('.');
      const known = index.get(name) ?? [];
      known.push({ file, root: parts.slice(0, from).join('/') || '.' });
      index.set(name, known);
    }
  }
  return index;
}

function packagesAround(file: string, isPackage: (folder: string) => boolean): string[] {
  const around: string[] = [];
  for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder)) {
    if (!isPackage(folder)) break;
    around.push(posix.join(folder, '__init__.py'));
  }
  return around;
}
