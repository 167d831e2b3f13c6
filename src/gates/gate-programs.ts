/**
 * The files of a repository that its gate commands run or are told to load: a script of its own that checks, a list of
 * rules named by an option. They belong to the gate and not to the change, for the gate that runs them. Files of the
 * product are none of them, whoever runs them. Reads the base only.
 */
import { dirname, join, normalize } from 'node:path/posix';
import type { GateCommand, ModuleConfig, RepoConfig } from '../definitions/config.ts';
import type { Revision } from '../core/results.ts';
import type { Workspaces } from '../workspace/workspaces.ts';
import { commandsIn, runBy } from './command-programs.ts';
import { productFiles } from './product-files.ts';
import { importsOf, placesOf, type ReadBase } from './relative-imports.ts';
import { isTestCode } from './test-files.ts';

/** A command of the configuration that runs a file, as people and the configuration name it. */
export interface GateUse {
  module: string;
  gate: string;
}

/** Paths in a repository, each with who runs it. */
export type GatePrograms = ReadonlyMap<string, readonly GateUse[]>;

const SHELL = /\.(?:sh|bash)$/u;
/** A gate that reaches more files than this is a program of the product. */
const MAX_FILES = 100;

/** Of each repository, the changed paths that the base's gates run. */
export async function programsOf(
  order: { runId: string; base: Revision; repos: Readonly<Record<string, RepoConfig>> },
  workspaces: Pick<Workspaces, 'readFile'>,
  changes: readonly { repo: string; path: string }[],
): Promise<Map<string, GatePrograms>> {
  const all = [...Map.groupBy(changes, ({ repo }) => repo)].map(
    async ([name, own]): Promise<[string, GatePrograms]> => {
      const config = order.repos[name];
      const read: ReadBase = async (path) => {
        const bytes = await workspaces.readFile(order.runId, order.base, name, path);
        return bytes === null ? null : new TextDecoder().decode(bytes);
      };
      const changed = new Set(own.map(({ path }) => path));
      return [name, config === undefined ? new Map() : await gatePrograms(config, read, changed)];
    },
  );
  return new Map(await Promise.all(all));
}

/** Of all gates of a repository; of `among` only, where it is given. A gate that measures the product's own help runs the product. */
export async function gatePrograms(
  config: RepoConfig,
  read: ReadBase,
  among: ReadonlySet<string> | null = null,
): Promise<GatePrograms> {
  const uses = new Map<string, GateUse[]>();
  for (const module of config.modules) {
    for (const gate of [...(module.setup === null ? [] : [module.setup]), ...module.gates]) {
      if (gate.kind === 'help') continue;
      for (const path of await filesOf(gate, module, read)) {
        if (among !== null && !among.has(path)) continue;
        uses.set(path, [...(uses.get(path) ?? []), { module: module.path, gate: gate.name }]);
      }
    }
  }
  if (uses.size === 0) return uses;
  const folders = [...new Set(['.', ...config.modules.map(({ path }) => path)])];
  const product = await productFiles(new Set(uses.keys()), folders, read);
  return new Map([...uses].filter(([path]) => !product.has(path)));
}

/** Those that this command runs. */
export function programsOfGate(programs: GatePrograms, module: string, gate: string): string[] {
  return [...programs].flatMap(([path, uses]) =>
    uses.some((use) => use.module === module && use.gate === gate) ? [path] : [],
  );
}

/** `the gate lint runs it`, for people. */
export function sayUses(uses: readonly GateUse[]): string {
  const names = [
    ...new Set(uses.map(({ module, gate }) => (module === '.' ? `\`${gate}\`` : `\`${gate}\` of ${module}`))),
  ];
  return names.length === 1 ? `the gate ${names[0]} runs it` : `the gates ${names.join(', ')} run it`;
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

async function follow(search: Search, words: readonly string[]): Promise<void> {
  const { files, scripts } = runBy(words);
  for (const file of files) await hold(search, file);
  if (scripts.length > 0) await followScripts(search, scripts);
}

/** Every script that the words may mean, and those that run before and after it. */
async function followScripts(search: Search, named: readonly string[]): Promise<void> {
  const scripts = await readScripts(search);
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
  for (const path of placesOf(wanted)) {
    if (search.found.has(path)) return;
    const text = await search.read(path);
    if (text === null) continue;
    search.found.add(path);
    if (search.found.size > MAX_FILES) return;
    if (SHELL.test(path)) for (const command of commandsIn(text)) await follow(search, command);
    for (const loaded of importsOf(path, text)) {
      if (isOwn(search, loaded, folder)) await take(search, loaded, folder);
    }
    return;
  }
}

/** Only from the program's folder and below: what lies elsewhere is what it checks. At the top, from there alone. */
function isOwn({ module }: Search, loaded: string, folder: string): boolean {
  return folder === '.' || folder === module ? dirname(loaded) === folder : loaded.startsWith(`${folder}/`);
}
