/** What the text of a script loads from its own repository. Pure. */
import { dirname, join, normalize } from 'node:path/posix';

/** The text of a file of the base; null where there is none. */
export type ReadBase = (path: string) => Promise<string | null>;

const SCRIPT = /\.(?:[cm]?[jt]sx?)$/u;
const SHELL = /\.(?:sh|bash|zsh|ksh)$/u;
const ENDING = /[^/]\.\w+$/u;
/** The interpreter that a script names in its first line. */
const SHEBANG = /^#!\s*(?:\S*\/)?([\w.-]+)(?:\s+(?:-S\s+)?([\w.-]+))?/u;
const SUFFIXES = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '/index.js', '/index.mjs', '/index.ts'];
const LOADS = String.raw`(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\(|\bimport\s*\(\s*new\s+URL\s*\()\s*['"]`;
const IMPORTS = new RegExp(String.raw`${LOADS}(\.{1,2}(?:\/[^'"\n]*)?)['"]`, 'gu');
const PACKAGE_NAMES = new RegExp(String.raw`${LOADS}(#[^'"\n]+)['"]`, 'gu');

const SHELL_SCRIPTS = /['"`]([\w./-]+\.(?:sh|bash))['"`\s]/gu;
const DATA = /['"`]([\w./-]+\.(?:json|ya?ml|toml|txt|ini|cfg|conf))['"`]/gu;
/** Calls that start a process: what they name is a command. */
const CALLS =
  /(?:\b(?:exec|spawn|popen|Popen|check_call|check_output|system)\w*|\bsubprocess\.(?:run|call)|\bfork)\s*\(([^()]*)\)|\$(`[^`]*`)/gu;
const QUOTED = /(['"`])((?:(?!\1)[^\\\n])+)\1/gu;
const PROGRAM = /\.(?:[cm]?[jt]sx?|sh|bash|zsh|ksh|py|rb|pl|php)$/u;
/** Way below what a script names, way above what one needs. */
const MAX_NAMES = 200;

function interpreterOf(text: string): string {
  const [, program = '', argument = ''] = SHEBANG.exec(text) ?? [];
  return program === 'env' ? argument : program;
}

function isScript(path: string, text: string): boolean {
  return (
    SCRIPT.test(path) || (!ENDING.test(path) && /^(?:node|bun|deno|tsx|ts-node)/u.test(interpreterOf(text)))
  );
}

/** Whether a file that is run holds commands of a shell: by its ending, its first line, or because neither says otherwise. */
export function isShellScript(path: string, text: string): boolean {
  return SHELL.test(path) || (!ENDING.test(path) && /^(?:(?:ba|da|z|k)?sh)?$/u.test(interpreterOf(text)));
}

/** Whether a file can be run or loaded, by its ending or its first line. */
export function isProgram(path: string, text: string): boolean {
  return PROGRAM.test(path) || text.startsWith('#!');
}

/** As they are written, from the repository's root: the file may have another ending. */
export function importsOf(path: string, text: string): string[] {
  if (!isScript(path, text)) return [];
  return [...text.matchAll(IMPORTS)].map(([, target = '']) => normalize(join(dirname(path), target)));
}

/** Names that package.json gives to paths: `#name`. */
export function packageNamesIn(path: string, text: string): string[] {
  return isScript(path, text) ? [...text.matchAll(PACKAGE_NAMES)].map(([, name = '']) => name) : [];
}

/** Scripts of a shell that a program names, to run them. */
export function shellScriptsOf(path: string, text: string): string[] {
  return isScript(path, text) ? [...text.matchAll(SHELL_SCRIPTS)].map(([, script = '']) => script) : [];
}

/** Commands that a program of any language but a shell's starts, in the words that it says literally. */
export function startedBy(text: string): string[] {
  return [...text.matchAll(CALLS)].map(([, words = '', template = '']) =>
    [...(words + template).matchAll(QUOTED)].map(([, , word = '']) => word).join(' '),
  );
}

/** Paths that a program names beside its commands, as it names them: of programs, or of what may be one. */
export function pathsNamedBy(text: string): string[] {
  const quoted = [...text.replace(CALLS, ' ').matchAll(QUOTED)].map(([, , word = '']) => word);
  const paths = quoted.filter(
    (word) => /^[\w.@/-]+$/u.test(word) && (word.includes('/') || PROGRAM.test(word)),
  );
  return [...new Set(paths)].slice(0, MAX_NAMES);
}

/** Data that a program names, as it names them. */
export function dataOf(path: string, text: string): string[] {
  return isScript(path, text) ? [...text.matchAll(DATA)].map(([, data = '']) => data) : [];
}

/** Where a file that is named without its ending, or by that of its compiled form, may lie. */
export function placesOf(path: string): string[] {
  const source = path.replace(/\.([cm]?)js$/u, '.$1ts');
  return [...SUFFIXES.map((suffix) => `${path}${suffix}`), ...(source === path ? [] : [source])];
}
