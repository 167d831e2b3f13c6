/**
 * Which files of a repository are the product itself: what its package.json and the usual names say that it starts with,
 * and what these load. A gate that runs the product judges it, and the change is what it shall run. Reads the base only.
 */
import { join } from 'node:path/posix';
import { commandsIn, runBy } from './command-programs.ts';
import { loadedBy, textsIn } from './package-imports.ts';
import { placesOf, type ReadBase } from './relative-imports.ts';

/** A larger product than this is not read whole: what was not found is held. */
const MAX_FILES = 500;
const START_SCRIPTS = ['start', 'dev', 'serve', 'preview'];
/** Where a product starts that says nothing of it. */
const FOLDERS = ['', 'src', 'lib', 'app', 'server'];
const NAMES = ['index', 'main', 'server', 'app', 'cli'];
const ENDINGS = ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts', 'py'];

export interface Product {
  /** Those of the wanted files that it consists of. */
  files: ReadonlySet<string>;
  /** Whether anything was found that it starts with. */
  isKnown: boolean;
}

/** Whether it is the product's: what a program loads from elsewhere is where nobody can say what the product is. */
export function isOfProduct(
  { files, isKnown }: Product,
  outside: ReadonlySet<string>,
  path: string,
): boolean {
  return files.has(path) || (!isKnown && outside.has(path));
}

/** `wanted`: the files that are asked about. `folders`: those of the modules, and the repository's own. */
export async function productFiles(
  wanted: ReadonlySet<string>,
  folders: readonly string[],
  read: ReadBase,
): Promise<Product> {
  const found = new Set<string>();
  const seen = new Set<string>();
  let next = (await Promise.all(folders.map((folder) => entriesOf(folder, read)))).flat();
  while (next.length > 0 && found.size < wanted.size && seen.size < MAX_FILES) {
    const loaded: string[] = [];
    for (const places of next) {
      const file = await firstOf(places, seen, read);
      if (file === null) continue;
      if (wanted.has(file.path)) found.add(file.path);
      loaded.push(...(await loadedBy(file.path, file.text, read)));
    }
    next = [...new Set(loaded)].map(placesOf);
  }
  return { files: found, isKnown: seen.size > 0 };
}

/** Each as the places where it may lie. */
async function entriesOf(folder: string, read: ReadBase): Promise<string[][]> {
  const named = entriesIn(await read(join(folder, 'package.json')));
  const starts = named.map((path) => placesOf(join(folder, path)));
  const there = await Promise.all(starts.flat().map(read));
  // Beside a start that is said and there, `lib/index` is what others load.
  const folders = there.some((text) => text !== null) ? FOLDERS.filter((below) => below !== 'lib') : FOLDERS;
  const usual = folders.flatMap((below) => NAMES.map((name) => join(folder, below, name)));
  return [...starts, ...usual.map((path) => ENDINGS.map((ending) => `${path}.${ending}`))];
}

function entriesIn(text: string | null): string[] {
  let value: Record<string, unknown>;
  try {
    const parsed: unknown = JSON.parse(text ?? '{}');
    if (typeof parsed !== 'object' || parsed === null) return [];
    value = { ...parsed };
  } catch {
    return []; // A package.json that cannot be read names nothing.
  }
  const scripts = { ...(typeof value['scripts'] === 'object' ? value['scripts'] : {}) } as Record<
    string,
    unknown
  >; // looked at below
  const starts = START_SCRIPTS.flatMap((name) => textsIn(scripts[name])).flatMap(commandsIn);
  return [
    ...['main', 'module', 'browser', 'bin', 'exports'].flatMap((key) => textsIn(value[key])),
    ...starts.flatMap((words) => runBy(words).files),
  ].filter((path) => !path.startsWith('/') && !path.includes('*'));
}

async function firstOf(
  places: readonly string[],
  seen: Set<string>,
  read: ReadBase,
): Promise<{ path: string; text: string } | null> {
  for (const path of places) {
    if (seen.has(path)) return null;
    const text = path.startsWith('..') ? null : await read(path);
    if (text === null) continue;
    seen.add(path);
    return { path, text };
  }
  return null;
}
