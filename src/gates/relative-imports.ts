/** What the text of a script loads from its own repository. Pure. */
import { dirname, join, normalize } from 'node:path/posix';

/** The text of a file of the base; null where there is none. */
export type ReadBase = (path: string) => Promise<string | null>;

const SCRIPT = /\.(?:[cm]?[jt]sx?)$/u;
const SUFFIXES = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '/index.js', '/index.mjs', '/index.ts'];
const IMPORTS = /(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*['"](\.{1,2}\/[^'"\n]+)['"]/gu;

const SHELL_SCRIPTS = /['"`]([\w./-]+\.(?:sh|bash))['"`\s]/gu;

const DATA = /['"`]([\w./-]+\.(?:json|ya?ml|toml|txt|ini|cfg|conf))['"`]/gu;

/** As they are written, from the repository's root: the file may have another ending. */
export function importsOf(path: string, text: string): string[] {
  if (!SCRIPT.test(path)) return [];
  return [...text.matchAll(IMPORTS)].map(([, target = '']) => normalize(join(dirname(path), target)));
}

/** Scripts of a shell that a program names, to run them. */
export function shellScriptsOf(path: string, text: string): string[] {
  return SCRIPT.test(path) ? [...text.matchAll(SHELL_SCRIPTS)].map(([, script = '']) => script) : [];
}

/** Data that a program names, as it names them. */
export function dataOf(path: string, text: string): string[] {
  return SCRIPT.test(path) ? [...text.matchAll(DATA)].map(([, data = '']) => data) : [];
}

/** Where a file that is named without its ending, or by that of its compiled form, may lie. */
export function placesOf(path: string): string[] {
  const source = path.replace(/\.([cm]?)js$/u, '.$1ts');
  return [...SUFFIXES.map((suffix) => `${path}${suffix}`), ...(source === path ? [] : [source])];
}
