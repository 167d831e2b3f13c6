/** Puts the modules of a tree together: read from git, parsed once for each text, resolved over their names. */
import { posix } from 'node:path';
import { entryPoints, otherEntries, type TreeTexts } from './entry-points.ts';
import type { ReachSide } from './judge-reach.ts';
import { looseFacts, type ModuleFacts } from './module-facts.ts';
import { mayNameFiles } from './named-files.ts';
import { readPackageFile } from './package-entries.ts';
import type { ModuleGraph, ModuleNode } from './reachability.ts';
import { readModule, type Parse } from './read-module.ts';
import { isTypeScriptConfig, openResolver, type ModuleResolver } from './resolve-modules.ts';
import { isForTests, isLoose, isSource } from './source-files.ts';

/** Texts of a tree by path: of those that `isRead` names. */
export type TreeOfTexts = ReadonlyMap<string, string>;

/** Facts by text: most files of two trees are the same. */
export type KnownFacts = Map<string, ModuleFacts>;

const READ_AT_ONCE = 25;

/** Whether a file has any part in what reaches what. */
export function isRead(path: string): boolean {
  return isSource(path) || isLoose(path) || isSettings(path);
}

function isSettings(path: string): boolean {
  if (/(?:^|\/)node_modules\//.test(path)) return false;
  return mayNameFiles(path) || isTypeScriptConfig(path) || posix.basename(path) === 'package.json';
}

interface ReadOptions {
  parse: Parse;
  known: KnownFacts;
  /** Entry points that the configuration names. */
  globs: readonly string[];
  /** Tests reach nothing that counts: they are read to say which of them use a thing. */
  withTests: boolean;
  signal: AbortSignal;
}

export async function readSide(texts: TreeOfTexts, given: ReadOptions): Promise<ReachSide> {
  const { parse, known, globs, withTests, signal } = given;
  const pick = (fits: (path: string) => boolean): Map<string, string> =>
    new Map([...texts].filter(([path]) => fits(path)));
  const sources = pick((path) => (isSource(path) || isLoose(path)) && (withTests || !isForTests(path)));
  const settings = pick(isSettings);
  const packages = [...settings].flatMap(([path, text]) => {
    const pack = posix.basename(path) === 'package.json' ? readPackageFile(path, text) : null;
    return pack === null ? [] : [pack];
  });
  await using resolver = await openResolver(new Set(sources.keys()), settings, { packages, parse });
  const graph = new Map<string, ModuleNode>();
  for (const [path, text] of sources) {
    // Parsing holds the engine up; others get their turn in between.
    if (graph.size % READ_AT_ONCE === 0) await breathe(signal);
    graph.set(path, nodeOf(path, factsOf(path, text, parse, known), resolver, sources));
  }
  const tree: TreeTexts = { sources, packages, settings };
  return {
    graph: graph satisfies ModuleGraph,
    entries: entryPoints(tree, globs),
    others: otherEntries(tree),
  };
}

function factsOf(path: string, text: string, parse: Parse, known: KnownFacts): ModuleFacts {
  const key = `${posix.extname(path)}\0${text}`;
  const facts = known.get(key) ?? (isLoose(path) ? looseFacts(text) : readModule(path, text, parse));
  known.set(key, facts);
  return facts;
}

function nodeOf(
  path: string,
  facts: ModuleFacts,
  resolver: ModuleResolver,
  sources: ReadonlyMap<string, string>,
): ModuleNode {
  const specifiers = new Set(facts.loads);
  const targets = [...specifiers].map((each): [string, string[]] => [each, resolver.resolve(path, each)]);
  const named = facts.paths.flatMap((each) => resolver.named(path, each));
  const computed = facts.prefixes.flatMap((prefix) => startingWith(path, prefix, sources));
  return { facts, targets: new Map(targets), named: [...new Set([...named, ...computed])] };
}

/** What `import('./jobs/' + name)` may load. */
function startingWith(from: string, prefix: string, sources: ReadonlyMap<string, string>): string[] {
  if (!/^\.{1,2}\//.test(prefix)) return [];
  const start = posix.join(posix.dirname(from), prefix);
  return [...sources.keys()].filter((path) => path.startsWith(start) && path !== from);
}

async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}
