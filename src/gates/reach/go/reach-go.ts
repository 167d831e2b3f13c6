/** Which declarations code reaches from where a tree of Go begins. Pure. */
import { posix } from 'node:path';
import type { GoArity, GoDeclaration, GoFileFacts, GoMentions } from './go-facts.ts';
import { isExported, isProgram, type GoPackage, type GoTree, type PlacedDeclaration } from './go-packages.ts';
import { nameOfPath } from './read-go-file.ts';
import { isForTests } from '../source-files.ts';

export interface GoStarts {
  /** Packages whose exported names others may use. */
  offered: ReadonlySet<string>;
  /** Whether everything in a file is in use. */
  isNamed: (path: string) => boolean;
  /** What assembly calls: the folder and the name, as a path. */
  linked: ReadonlySet<string>;
  /** Names that templates hold. */
  texts: readonly string[];
  /** What interfaces ask for that are in none of the packages. */
  interfaces: readonly (GoArity & { name: string })[];
}

export interface GoReached {
  loaded: ReadonlySet<string>;
  has(pack: GoPackage, declaration: GoDeclaration): boolean;
}

interface Asked extends GoArity {
  name: string;
  /** By an interface that is in none of the packages. */
  elsewhere: boolean;
}

interface State {
  tree: GoTree;
  loaded: Set<string>;
  reached: Set<string>;
  /** How many arguments calls of a name give; null: it may be any number. */
  calls: Map<string, Set<number | null>>;
  asked: Map<string, Asked[]>;
  /** Methods of reached types that nothing has called yet, by name. */
  waiting: Map<string, { pack: GoPackage; method: PlacedDeclaration }[]>;
  queue: (() => void)[];
  imports: Map<GoFileFacts, ReadonlyMap<string, (GoPackage | undefined)[]>>;
}

export function reachGo(tree: GoTree, starts: GoStarts): GoReached {
  const packages = [...tree.packages.values()];
  const facts = packages.flatMap(({ files }) => files.map((file) => file.facts));
  const asked = [
    ...facts.flatMap((each) => each.interfaces.map((method): Asked => ({ ...method, elsewhere: false }))),
    ...starts.interfaces.map((method): Asked => ({ ...method, elsewhere: true })),
  ];
  const state: State = {
    tree,
    loaded: new Set(),
    reached: new Set(),
    calls: new Map(),
    asked: Map.groupBy(asked, ({ name }) => name),
    waiting: new Map(),
    queue: [],
    imports: new Map(),
  };
  for (const name of [...starts.texts, ...facts.flatMap(({ texts }) => [...texts])]) call(state, name, null);
  for (const pack of packages) begin(state, pack, starts);
  for (let next = state.queue.pop(); next !== undefined; next = state.queue.pop()) next();
  return { loaded: state.loaded, has: (pack, each) => state.reached.has(keyOf(pack, each)) };
}

/** Exported names of packages that are offered count with the exported methods of their types. */
function begin(state: State, pack: GoPackage, { offered, isNamed, linked }: GoStarts): void {
  const isOffered = offered.has(pack.path);
  if ((isProgram(pack) && !isForTests(`${pack.folder}/`)) || isOffered) load(state, pack);
  for (const each of [...pack.declared.values(), ...pack.methods.values()].flat()) {
    const isForOthers = isOffered && isExported(each.name) && (each.of === null || isExported(each.of));
    const { path, facts } = each.file;
    const isUsed =
      each.outside || facts.tagged || isNamed(path) || linked.has(posix.join(pack.folder, each.name));
    if (!isUsed && !isForOthers) continue;
    load(state, pack);
    reach(state, pack, each);
  }
}

const keyOf = ({ path }: GoPackage, { of, name }: GoDeclaration): string => `${path}\0${of ?? ''}\0${name}`;

/** What runs when a package is loaded, and what it loads itself. */
function load(state: State, pack: GoPackage): void {
  if (state.loaded.has(pack.path)) return;
  state.loaded.add(pack.path);
  for (const { facts } of pack.files)
    for (const { path } of facts.imports) {
      const imported = state.tree.packages.get(path);
      if (imported !== undefined) state.queue.push(() => load(state, imported));
    }
  const isMain = isProgram(pack);
  for (const each of [...pack.declared.values()].flat())
    if (each.runs || (isMain && each.name === 'main')) reach(state, pack, each);
}

function reach(state: State, pack: GoPackage, declaration: PlacedDeclaration): void {
  const { of, name } = declaration;
  const key = keyOf(pack, declaration);
  if (state.reached.has(key)) return;
  state.reached.add(key);
  const named = (of === null ? pack.declared.get(name) : pack.methods.get(of)) ?? [];
  // A name may be declared once for each system.
  for (const each of named.filter((other) => other.name === name))
    state.queue.push(() => follow(state, pack, each.file.facts, each.mentions));
  if (of !== null) reachName(state, pack, of);
  if (declaration.kind !== 'type') return;
  for (const method of pack.methods.get(name) ?? []) offer(state, pack, method);
}

function reachName(state: State, pack: GoPackage | undefined, name: string): void {
  const [declaration] = pack?.declared.get(name) ?? [];
  if (pack !== undefined && declaration !== undefined) reach(state, pack, declaration);
}

/** A method of a reached type waits for somebody who calls its name. */
function offer(state: State, pack: GoPackage, method: PlacedDeclaration): void {
  const calls = [...(state.calls.get(method.name) ?? [])];
  const isAsked = state.asked.get(method.name)?.some((each) => isAlike(each, method)) === true;
  if (isAsked || calls.some((given) => fits(given, method))) return reach(state, pack, method);
  state.waiting.set(method.name, [...(state.waiting.get(method.name) ?? []), { pack, method }]);
}

function call(state: State, name: string, given: number | null): void {
  const known = state.calls.get(name) ?? new Set();
  if (known.has(given)) return;
  state.calls.set(name, known.add(given));
  for (const { pack, method } of state.waiting.get(name) ?? [])
    if (fits(given, method)) reach(state, pack, method);
}

const fits = (given: number | null, { takes, open }: GoArity): boolean =>
  given === null || given === takes || (open && given >= takes - 1);

/** Whether a method may be the one that an interface asks for. Handlers are asked for by none of others' but by `ServeHTTP`. */
const isAlike = (asked: Asked, method: GoDeclaration): boolean =>
  asked.takes === method.takes && asked.open === method.open && !(asked.elsewhere && method.handles);

function follow(state: State, pack: GoPackage, facts: GoFileFacts, { names, selected }: GoMentions): void {
  const imported = importsOf(state, facts);
  const around = [pack, ...(imported.get('.') ?? [])];
  for (const name of names) for (const each of around) reachName(state, each, name);
  for (const { name, from, given } of selected) {
    const packages = from === null ? undefined : imported.get(from);
    for (const each of packages ?? []) reachName(state, each, name);
    if (from !== null) for (const each of around) reachName(state, each, from);
    // What stands alone somewhere may be a value that is called like a package.
    if (packages === undefined || (from !== null && names.has(from))) call(state, name, given);
  }
}

/** The packages that a file's imports mean, by the names in it; undefined stands for those of others. */
function importsOf(state: State, facts: GoFileFacts): ReadonlyMap<string, (GoPackage | undefined)[]> {
  const known = state.imports.get(facts);
  if (known !== undefined) return known;
  const imported = new Map<string, (GoPackage | undefined)[]>();
  for (const { alias, path } of facts.imports) {
    const pack = state.tree.packages.get(path);
    const own = new Set(pack?.files.map((file) => file.facts.package));
    for (const name of alias === null ? (pack === undefined ? [nameOfPath(path)] : own) : [alias])
      imported.set(name, [...(imported.get(name) ?? []), pack]);
  }
  state.imports.set(facts, imported);
  return imported;
}
