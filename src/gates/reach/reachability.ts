/** Which exports code reaches from entry points. Pure: modules, what their specifiers mean, and where to begin. */
import { ALL, NOTHING, type ModuleFacts } from './module-facts.ts';

export interface ModuleNode {
  facts: ModuleFacts;
  /** The modules of the repository that a specifier means. */
  targets: ReadonlyMap<string, readonly string[]>;
  /** Modules that a text in it names, or that lie where a computed `import(…)` looks. */
  named: readonly string[];
}
export type ModuleGraph = ReadonlyMap<string, ModuleNode>;

export interface Entry {
  file: string;
  /** An export, `ALL`, or `NOTHING`. */
  name: string;
}

export interface Reached {
  loaded: ReadonlySet<string>;
  has(file: string, name: string): boolean;
}

export function reachFrom(graph: ModuleGraph, entries: readonly Entry[]): Reached {
  const loaded = new Set<string>();
  const reached = new Set<string>();
  const queue: Entry[] = [...entries];
  const ask = (from: ModuleNode, specifier: string, name: string): void => {
    for (const file of from.targets.get(specifier) ?? []) queue.push({ file, name });
  };
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const { file, name } = next;
    const node = graph.get(file);
    if (node === undefined) continue;
    if (!loaded.has(file)) {
      loaded.add(file);
      for (const specifier of node.facts.loads) ask(node, specifier, NOTHING);
      for (const use of node.facts.uses) ask(node, use.specifier, use.name);
      for (const named of node.named) queue.push({ file: named, name: ALL });
    }
    const key = `${file}\0${name}`;
    if (name === NOTHING || reached.has(key)) continue;
    reached.add(key);
    passOn(node, name, { queue, file, ask });
  }
  return { loaded, has: (file, name) => isReached(graph, { loaded, reached }, file, name) };
}

/** An export of another module's is reached there. */
function passOn(
  { facts, ...node }: ModuleNode,
  name: string,
  to: { queue: Entry[]; file: string; ask: (from: ModuleNode, specifier: string, name: string) => void },
): void {
  const self = { facts, ...node };
  const isOwn = facts.exports.some((each) => each.name === name);
  // What CommonJS exports is one object, whoever asks for its default.
  if (name === 'default' && facts.commonjs && !isOwn) to.queue.push({ file: to.file, name: ALL });
  for (const forward of facts.forwards) {
    if (forward.exported === ALL) {
      if (!isOwn && name !== 'default') to.ask(self, forward.specifier, name);
    } else if (name === ALL || name === forward.exported) to.ask(self, forward.specifier, forward.name);
  }
}

function isReached(
  graph: ModuleGraph,
  { loaded, reached }: { loaded: ReadonlySet<string>; reached: ReadonlySet<string> },
  file: string,
  name: string,
): boolean {
  if (!loaded.has(file)) return false;
  if (reached.has(`${file}\0${ALL}`)) return true;
  const exports = graph.get(file)?.facts.exports ?? [];
  const local = exports.find((each) => each.name === name)?.local ?? null;
  // Several names of one thing are one.
  const same = exports.filter((each) => each.name === name || (local !== null && each.local === local));
  return same.some((each) => each.used || reached.has(`${file}\0${each.name}`));
}

/** Who loads each module. */
export function importersOf(graph: ModuleGraph): Map<string, Set<string>> {
  const importers = new Map<string, Set<string>>();
  for (const [file, { facts, targets, named }] of graph) {
    const loads = [...facts.loads.flatMap((specifier) => targets.get(specifier) ?? []), ...named];
    for (const target of loads) {
      if (target === file) continue;
      const known = importers.get(target) ?? new Set();
      importers.set(target, known.add(file));
    }
  }
  return importers;
}
