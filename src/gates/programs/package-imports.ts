/** What a script loads from its own repository: relative paths, and the names that its package.json gives to paths (`#name`). */
import { dirname, join, normalize } from 'node:path/posix';
import { importsOf, packageNamesIn, type ReadBase } from './relative-imports.ts';

/** As they are written, from the root that is read: the file may have another ending. */
export async function loadedBy(path: string, text: string, read: ReadBase): Promise<string[]> {
  const names = packageNamesIn(path, text);
  return [...importsOf(path, text), ...(names.length === 0 ? [] : await behind(names, dirname(path), read))];
}

/** By the nearest package.json, as node looks for it. */
async function behind(names: readonly string[], start: string, read: ReadBase): Promise<string[]> {
  for (let folder = start; ; folder = dirname(folder)) {
    const text = await read(join(folder, 'package.json'));
    if (text !== null) {
      const entries = entriesIn(text);
      return names.flatMap((name) => entries.flatMap((entry) => pathsOf(entry, name, folder)));
    }
    if (folder === '.' || folder === '/') return [];
  }
}

function entriesIn(text: string): [string, unknown][] {
  try {
    const { imports } = JSON.parse(text) as { imports?: unknown }; // looked at below
    return typeof imports === 'object' && imports !== null ? Object.entries(imports) : [];
  } catch {
    return []; // A package.json that cannot be read names nothing.
  }
}

/** Whatever condition node would choose: every path that the name may stand for. */
function pathsOf([key, value]: [string, unknown], name: string, folder: string): string[] {
  const [before = '', after] = key.split('*');
  const isMeant =
    after === undefined
      ? key === name
      : name.startsWith(before) && name.endsWith(after) && name.length >= before.length + after.length;
  if (!isMeant) return [];
  const star = after === undefined ? '' : name.slice(before.length, name.length - after.length);
  return textsIn(value)
    .filter((path) => path.startsWith('./'))
    .map((path) => normalize(join(folder, path.replaceAll('*', star))));
}

/** Every text in a value, however deep: conditions nest. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
