/** Where the code of a tree begins: what others use, start, or load by a convention. Pure. */
import { posix } from 'node:path';
import { compileGlob } from '../../core/conditions/glob.ts';
import { ALL, NOTHING } from './module-facts.ts';
import { mayNameFiles, namedFiles } from './named-files.ts';
import { packageEntries, type PackageFile } from './package-entries.ts';
import type { Entry } from './reachability.ts';
import { isForTests, isLoose } from './source-files.ts';

export interface TreeTexts {
  /** All sources of the tree, with those that are only looked through. */
  sources: ReadonlyMap<string, string>;
  packages: readonly PackageFile[];
  /** Files that may name sources. */
  settings: ReadonlyMap<string, string>;
}

const CONFIG =
  /(?:^|\/)(?:[\w.-]+\.config|\.[\w-]+rc|gulpfile|Gruntfile|knexfile|middleware|instrumentation)\.[cm]?[jt]s$/;

/** A module that asks whether it is what was started is a program of its own, besides what it exports. */
const ASKS_WHETHER_STARTED =
  /\brequire\.main\s*===?\s*module\b|\bmodule\s*===?\s*require\.main\b|\bimport\.meta\.main\b|\bimport\.meta\.(?:url|filename)\b[^;{}]*\bprocess\.argv\[1\]|\bprocess\.argv\[1\][^;{}]*\bimport\.meta\.(?:url|filename)\b/;

/** Entry points of the product. `globs`: what the configuration adds. */
export function entryPoints(tree: TreeTexts, globs: readonly string[]): Entry[] {
  const sources = new Set([...tree.sources.keys()].filter((path) => !isForTests(path)));
  const wanted = globs.map(compileGlob);
  const whole = [
    ...tree.packages.flatMap((pack) => packageEntries(pack, sources)),
    ...[...sources].filter(
      (path) => tree.sources.get(path)?.startsWith('#!') === true || wanted.some((fits) => fits(path)),
    ),
  ].map((file): Entry => ({ file, name: ALL }));
  const programs = [...sources]
    .filter((path) => ASKS_WHETHER_STARTED.test(tree.sources.get(path) ?? ''))
    .map((file): Entry => ({ file, name: NOTHING }));
  const folders = new Set([...sources].flatMap(foldersOf));
  const named = [...tree.settings].flatMap(([path, text]) =>
    mayNameFiles(path) ? namedFiles(path, text, sources, folders) : [],
  );
  return [...whole, ...programs, ...named].filter(({ file }) => sources.has(file) && !CONFIG.test(file));
}

/** What is read by tools and by whoever shows pages: it begins there, and says nothing of the product's being there. */
export function otherEntries(tree: TreeTexts): Entry[] {
  return [...tree.sources.keys()]
    .filter((path) => (CONFIG.test(path) || isLoose(path)) && !isForTests(path))
    .map((file) => ({ file, name: ALL }));
}

function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = posix.dirname(path); at !== '.'; at = posix.dirname(at)) folders.push(at);
  return folders;
}
