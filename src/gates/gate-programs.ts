/**
 * The files of a repository that its gate commands run or are told to read: a script of its own that checks, a list of
 * rules named by an option. They belong to the gate and not to the change. Reads the base only.
 */
import { dirname, join, normalize } from 'node:path/posix';
import type { GateCommand, ModuleConfig, RepoConfig } from '../definitions/config.ts';
import type { Revision } from '../core/results.ts';
import type { Workspaces } from '../workspace/workspaces.ts';
import { isTestCode } from './test-files.ts';

/** The text of a file of the base; null where there is none. */
type ReadBase = (path: string) => Promise<string | null>;

const INTERPRETERS =
  /^(?:node|nodejs|bun|deno|tsx|ts-node|python[\d.]*|pypy\d*|ruby|perl|php|sh|bash|zsh|dash)$/u;
/** Words before a program that change nothing of which program it is. */
const PREFIXES = /^(?:env|exec|time|nice|command|npx|pnpx|bunx|cross-env|[A-Za-z_]\w*=.*)$/u;
const PACKAGE_RUNNERS = /^(?:npm|pnpm|yarn|bun)$/u;
/** Options whose value is a file that says what is checked, or is loaded before it is. */
const FILE_OPTIONS =
  /^(?:-c|-r|-f|-p|--(?:config|config-file|configuration|rcfile|project|tsconfig|require|import|loader|experimental-loader|preload|setup|setup-files?|rules|ruleset|settings|settings-path|ignore-path|plugin|file|makefile|env-file|global-setup|globalSetup))$/u;
/** An interpreter that is told one of these runs no file of its own choice. */
const NO_SCRIPT = /^(?:-m|-c|-e|-p|--eval|--print|--test|--run|test|task)$/u;
const SUFFIXES = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '/index.js', '/index.mjs', '/index.ts'];
const IMPORTS = /(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*['"](\.{1,2}\/[^'"\n]+)['"]/gu;
const SCRIPT = /\.(?:[cm]?[jt]s)$/u;
const SHELL = /\.(?:sh|bash)$/u;
/** A gate that reaches more files than this is a program of the product. */
const MAX_FILES = 100;

/** Of each repository that was changed, the paths of the base that its gates run. */
export async function programsOf(
  order: { runId: string; base: Revision; repos: Readonly<Record<string, RepoConfig>> },
  workspaces: Pick<Workspaces, 'readFile'>,
  changes: readonly { repo: string }[],
): Promise<Map<string, Set<string>>> {
  const names = [...new Set(changes.map(({ repo }) => repo))];
  const all = names.map(async (name): Promise<[string, Set<string>]> => {
    const config = order.repos[name];
    const read: ReadBase = async (path) => {
      const bytes = await workspaces.readFile(order.runId, order.base, name, path);
      return bytes === null ? null : new TextDecoder().decode(bytes);
    };
    return [name, config === undefined ? new Set() : await gatePrograms(config, read)];
  });
  return new Map(await Promise.all(all));
}

/** Paths in the repository, of all its gates. A gate that measures the product's own help runs the product. */
export async function gatePrograms(config: RepoConfig, read: ReadBase): Promise<Set<string>> {
  const found = new Set<string>();
  for (const module of config.modules) {
    for (const gate of [...(module.setup === null ? [] : [module.setup]), ...module.gates]) {
      if (gate.kind === 'help') continue;
      for (const path of await filesOf(gate, module, read)) found.add(path);
    }
  }
  return found;
}

async function filesOf(gate: GateCommand, module: ModuleConfig, read: ReadBase): Promise<string[]> {
  const search: Search = { read, module: module.path, found: new Set(), scripts: new Set() };
  const nested = gate.command.filter((word) => /\s/u.test(word));
  const commands = [
    ...(gate.shell ? commandsIn(gate.command.join(' ')) : [gate.command]),
    ...nested.flatMap(commandsIn),
  ];
  for (const words of commands) await follow(search, words);
  // What runs tests is asked about by its canary; a list of test files is the change's own.
  const isOfTests = gate.kind === 'tests' || gate.kind === 'coverage';
  return [...search.found].filter((path) => !(isOfTests && isTestCode(path)));
}

interface Search {
  read: ReadBase;
  module: string;
  found: Set<string>;
  /** Scripts of package.json that were looked at. */
  scripts: Set<string>;
}

/** The simple commands of a line for a shell, each as words without quotes. */
function commandsIn(text: string): string[][] {
  return text
    .split(/&&|\|\||[;&|\n()`]/u)
    .map((command) =>
      command
        .split(/\s+/u)
        .map((word) => word.replace(/^['"]+|['"]+$/gu, ''))
        .filter(Boolean),
    )
    .filter((words) => words.length > 0);
}

async function follow(search: Search, given: readonly string[]): Promise<void> {
  const start = given.findIndex((word) => !PREFIXES.test(word));
  const words = start === -1 ? [] : given.slice(start);
  const [program = '', ...rest] = words;
  const name = program.split('/').at(-1) ?? '';
  for (const value of optionFiles(rest)) await hold(search, value);
  if (program.includes('/')) await hold(search, program);
  if (program === '.' || program === 'source') await hold(search, rest[0] ?? '');
  if (INTERPRETERS.test(name)) await hold(search, scriptIn(rest) ?? '');
  if (PACKAGE_RUNNERS.test(name) || rest.includes('--run') || rest.some((word) => word.startsWith('--run=')))
    await followScripts(search, rest);
}

/** The values of options that name files: `--config x`, `--config=x`. */
function optionFiles(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    const [, option = '', value = ''] = /^(--?[\w-]+)=(.+)$/u.exec(word) ?? [];
    if (option !== '') return [value];
    return FILE_OPTIONS.test(word) ? [words[index + 1] ?? ''] : [];
  });
}

/** The first word that is neither an option nor an option's value. */
function scriptIn(words: readonly string[]): string | null {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (NO_SCRIPT.test(word)) return null;
    if (word === 'run') continue;
    if (!word.startsWith('-')) return word;
    if (FILE_OPTIONS.test(word)) at += 1;
  }
  return null;
}

/** Every script that the words may mean, and those that run before and after it. */
async function followScripts(search: Search, words: readonly string[]): Promise<void> {
  const scripts = await readScripts(search);
  const named = words
    .map((word) => word.replace(/^--run=/u, ''))
    .map((word) => (word === 't' ? 'test' : word));
  for (const name of named.flatMap((word) => [word, `pre${word}`, `post${word}`])) {
    const text = scripts.get(name);
    if (text === undefined || search.scripts.has(name)) continue;
    search.scripts.add(name);
    for (const command of commandsIn(text)) await follow(search, command);
  }
}

async function readScripts({ read, module }: Search): Promise<Map<string, string>> {
  const places = [...new Set([join(module, 'package.json'), 'package.json'])];
  const all = await Promise.all(places.map(async (path) => scriptsOf(await read(path))));
  return new Map(all.toReversed().flat());
}

function scriptsOf(text: string | null): [string, string][] {
  try {
    const value = JSON.parse(text ?? '{}') as { scripts?: Record<string, unknown> }; // looked at below
    return Object.entries(value.scripts ?? {}).flatMap(([name, script]) =>
      typeof script === 'string' ? [[name, script]] : [],
    );
  } catch {
    return []; // A package.json that cannot be read has no scripts that npm could run.
  }
}

/** A file that is there, with what it loads from its own folder. */
async function hold(search: Search, word: string): Promise<void> {
  if (word === '' || word.startsWith('/') || word.startsWith('~')) return;
  const path = normalize(join(search.module, word));
  if (path.startsWith('..')) return;
  await take(search, path, dirname(path));
}

async function take(search: Search, wanted: string, folder: string): Promise<void> {
  for (const suffix of SUFFIXES) {
    const path = `${wanted}${suffix}`;
    if (search.found.has(path)) return;
    const text = await search.read(path);
    if (text === null) continue;
    search.found.add(path);
    if (search.found.size > MAX_FILES) return;
    if (SHELL.test(path)) for (const command of commandsIn(text)) await follow(search, command);
    if (SCRIPT.test(path)) await takeImports(search, { path, text, folder });
    return;
  }
}

/** Only from the program's folder and below: what lies elsewhere is what it checks. At the top, from there alone. */
async function takeImports(
  search: Search,
  { path, text, folder }: { path: string; text: string; folder: string },
): Promise<void> {
  for (const [, target = ''] of text.matchAll(IMPORTS)) {
    const wanted = normalize(join(dirname(path), target));
    const isOwn =
      folder === '.' || folder === search.module
        ? dirname(wanted) === folder
        : wanted.startsWith(`${folder}/`);
    if (isOwn) await take(search, wanted, folder);
  }
}
