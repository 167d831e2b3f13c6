/**
 * Follows a command through the files that it runs: scripts of package.json, of shells and of interpreters, and what
 * these load. Where a name may mean several files, all that are there are taken.
 */
import { dirname, join, normalize, relative } from 'node:path/posix';
import type { GateCommand } from '../../definitions/config.ts';
import { commandsIn, foldersOf, runBy } from './command-programs.ts';
import { localTools } from './local-tools.ts';
import { makefilesOf, recipesIn } from './makefiles.ts';
import { loadedBy } from './package-imports.ts';
import {
  dataOf,
  isProgram,
  isShellScript,
  pathsNamedBy,
  placesOf,
  type ReadBase,
  shellScriptsOf,
  startedBy,
} from './relative-imports.ts';
import { isTestCode } from '../suites/test-files.ts';

/** Paths from the root that is read. */
export interface FilesRun {
  files: ReadonlySet<string>;
  /** Those of them that were loaded from outside of the folder of the program that needs them. */
  outside: ReadonlySet<string>;
  /** Each package.json of which a script is run. */
  manifests: ReadonlySet<string>;
}

interface Search {
  read: ReadBase;
  /** Where it starts, and where commands go from there. */
  folders: Set<string>;
  start: string;
  files: Set<string>;
  outside: Set<string>;
  manifests: Set<string>;
  /** Scripts of a package.json that were looked at. */
  scripts: Set<string>;
  /** Recipes of a Makefile that were looked at. */
  recipes: Set<string>;
  /** Of a package.json, the tools that lie in the repository. */
  toolsOf: (manifest: string) => Promise<ReadonlyMap<string, string>>;
}

/** What is installed is no file of the repository, also where it lies there. */
const INSTALLED = /(?:^|\/)node_modules\//u;
/** A command that reaches more files than this is the product. */
const MAX_FILES = 100;
const MAX_FOLDERS = 20;
/** A folder that begins with a variable of a shell is most often the script's own. */
const VARIABLE = /^\$(?:\{\w+\}|\w+)(?:\/|$)/u;
/** Where sources lie. What a program loads from there it looks at; from its own folder it loads all that it needs. */
const SOURCES = /(?:^|\/)(?:src|sources?|apps?|server|client|pages|routes|components)\//u;

/** Whether a path is one where sources lie. */
export function isSource(path: string): boolean {
  return SOURCES.test(path);
}

/** Whatever a command runs that is started in `folder`. */
export async function filesRunBy(
  { command, shell }: Pick<GateCommand, 'command' | 'shell'>,
  folder: string,
  read: ReadBase,
): Promise<FilesRun> {
  const start = normalize(folder);
  const texts = new Map<string, Promise<string | null>>();
  const readOnce: ReadBase = (path) => {
    const known = texts.get(path) ?? read(path);
    texts.set(path, known);
    return known;
  };
  const tools = new Map<string, Promise<ReadonlyMap<string, string>>>();
  const search: Search = {
    read: readOnce,
    folders: new Set([start]),
    start,
    files: new Set(),
    outside: new Set(),
    manifests: new Set(),
    scripts: new Set(),
    recipes: new Set(),
    toolsOf: (manifest) => {
      const known = tools.get(manifest) ?? localTools(manifest, readOnce);
      tools.set(manifest, known);
      return known;
    },
  };
  const nested = command.filter((word) => /\s/u.test(word));
  const commands = [...(shell ? commandsIn(command.join(' ')) : [command]), ...nested.flatMap(commandsIn)];
  for (const words of commands) await follow(search, words, start);
  return search;
}

/** `home`: the folder of the script that the words stand in. */
async function follow(search: Search, words: readonly string[], home: string): Promise<void> {
  for (const word of foldersOf(words))
    for (const path of placesFor(search, word, home))
      if (search.folders.size < MAX_FOLDERS) search.folders.add(path);
  for (const manifest of manifestsOf(search)) {
    const tools = await search.toolsOf(manifest);
    for (const path of words.flatMap((word) => tools.get(word) ?? []))
      await take(search, path, dirname(path), false);
  }
  const { files, scripts } = runBy(words);
  for (const file of files)
    for (const path of placesFor(search, file, home)) await take(search, path, dirname(path), false);
  if (scripts.length > 0) await followScripts(search, scripts);
  await followRecipes(search, words);
}

/** What `make` runs, in whichever of the folders it finds its file. */
async function followRecipes(search: Search, words: readonly string[]): Promise<void> {
  const start = words.findIndex((word) => makefilesOf([word]).length > 0);
  const names = start === -1 ? [] : makefilesOf(words.slice(start));
  for (const path of new Set(names.flatMap((name) => placesFor(search, name, search.start)))) {
    const text = await search.read(path);
    if (text === null) continue;
    search.files.add(path);
    for (const line of recipesIn(text, words.slice(start + 1))) {
      if (search.recipes.has(`${path}\0${line}`)) continue;
      search.recipes.add(`${path}\0${line}`);
      for (const command of commandsIn(line)) await follow(search, command, dirname(path));
    }
  }
}

/** Those that may say which packages there are: of the folders, and the root's. */
function manifestsOf({ folders }: Search): string[] {
  return [...new Set([...folders, '.'])].map((folder) => join(folder, 'package.json'));
}

/** Where a word of a command may lead within what is read. */
function placesFor({ folders }: Search, word: string, home: string): string[] {
  const rest = word.replace(VARIABLE, '');
  if (word === '' || rest.startsWith('/') || rest.startsWith('~') || rest.includes('$')) return [];
  const from = rest === word ? [...folders] : [home, ...folders];
  const places = from.map((folder) => normalize(join(folder, rest)).replace(/(.)\/$/u, '$1'));
  return [...new Set(places)].filter((path) => !path.startsWith('..'));
}

/** Every script that the words may mean, and those that run before and after it. */
async function followScripts(search: Search, named: readonly string[]): Promise<void> {
  const names = named.flatMap((word) => [word, `pre${word}`, `post${word}`]);
  const [start = '.', ...others] = search.folders;
  const manifests = await Promise.all([start, ...others].map((folder) => readScripts(search, folder)));
  // Where its own folder knows none of them, the root's are meant.
  if (start !== '.' && !names.some((name) => manifests[0]?.scripts.has(name) === true))
    manifests.push(await readScripts(search, '.'));
  for (const { path, scripts } of manifests) {
    for (const name of names) {
      const text = scripts.get(name);
      if (text === undefined || search.scripts.has(`${path}\0${name}`)) continue;
      search.scripts.add(`${path}\0${name}`);
      search.manifests.add(path);
      search.folders.add(dirname(path));
      for (const command of commandsIn(text)) await follow(search, command, dirname(path));
    }
  }
}

async function readScripts(
  { read }: Search,
  folder: string,
): Promise<{ path: string; scripts: Map<string, string> }> {
  const path = join(folder, 'package.json');
  return { path, scripts: new Map(scriptsOf(await read(path))) };
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

/** A file that is there, with what it runs and loads. `folder`: that of the program which needs it. */
async function take(search: Search, wanted: string, folder: string, isOutside: boolean): Promise<void> {
  for (const path of placesOf(wanted)) {
    if (search.files.has(path) || INSTALLED.test(path)) return;
    const text = await search.read(path);
    if (text === null) continue;
    search.files.add(path);
    if (isOutside) search.outside.add(path);
    if (search.files.size > MAX_FILES) return;
    const commands = isShellScript(path, text) ? [text] : startedBy(text);
    for (const words of commands.flatMap(commandsIn)) await follow(search, words, dirname(path));
    for (const script of shellScriptsOf(path, text)) await follow(search, ['sh', script], dirname(path));
    await takeData(search, path, text);
    const named = isShellScript(path, text) ? [] : await programsNamed(search, path, text);
    for (const loaded of [...(await loadedBy(path, text, search.read)), ...named]) {
      const isIn = isBelow(search, loaded, folder);
      if (isIn || (!isTestCode(path) && !isSource(relative(search.start, loaded))))
        await take(search, loaded, folder, isOutside || !isIn);
    }
    return;
  }
}

/** Programs that it names by their paths, however it runs or loads them: from its own folder, or from where it is started. */
async function programsNamed(search: Search, path: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of pathsNamedBy(text)) {
    for (const place of new Set([dirname(path), search.start, '.'].map((folder) => join(folder, name)))) {
      for (const each of name.startsWith('.') ? placesOf(place) : [place]) {
        const other = each.startsWith('..') || isTestCode(each) ? null : await search.read(each);
        if (other !== null && isProgram(each, other)) found.push(each);
      }
    }
  }
  return found;
}

/** Data beside a program are its own, like lists of rules; elsewhere they are what it looks at. */
async function takeData(search: Search, path: string, text: string): Promise<void> {
  const folder = dirname(path);
  if (folder === '.' || folder === search.start) return;
  for (const name of dataOf(path, text))
    for (const data of new Set([normalize(join(folder, name)), normalize(join(search.start, name))]))
      if (data.startsWith(`${folder}/`) && (await search.read(data)) !== null) search.files.add(data);
}

/** At the top of what is measured everything is below: there only its neighbours are. */
function isBelow({ start }: Search, loaded: string, folder: string): boolean {
  return folder === '.' || folder === start ? dirname(loaded) === folder : loaded.startsWith(`${folder}/`);
}
