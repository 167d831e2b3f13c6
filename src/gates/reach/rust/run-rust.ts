/** Reads both trees of Rust from git and judges them by names: no toolchain, no packages, nothing run. */
import { posix } from 'node:path';
import { compileGlob } from '../../../core/conditions/glob.ts';
import type { TreeFile } from '../../../workspace/read-tree.ts';
import type { Judgement } from '../../suites/judge-tests.ts';
import { isForTests } from '../source-files.ts';
import { judgeRust } from './judge-rust.ts';
import { readRust, type RustFacts } from './read-rust.ts';

/** More is not read; bytes are those of one tree. */
const MAX_FILES = 20_000;
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_TREE_BYTES = 64 * 1024 * 1024;
const READ_AT_ONCE = 25;

export interface RustOrder {
  repo: string;
  before: readonly TreeFile[];
  now: readonly TreeFile[];
  readBlobs: (blobs: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;
  isHere: (path: string) => boolean;
  /** Globs of files that are in use whatever names them. */
  entries: readonly string[];
  signal: AbortSignal;
}

const isRust = (path: string): boolean => path.endsWith('.rs') && !/(?:^|\/)(?:vendor|target)\//.test(path);
const isManifest = (path: string): boolean => posix.basename(path) === 'Cargo.toml';
/** Examples and measurements use what they like. */
const isBeside = (path: string): boolean =>
  isForTests(path) || /(?:^|\/)(?:benches|examples|fuzz)\/|(?:^|\/)tests?\.rs$/.test(path);

/** null: there is no Rust here. */
export async function runRust(order: RustOrder): Promise<Judgement | null> {
  const { before, now, isHere } = order;
  const isCode = ({ path }: TreeFile): boolean => isRust(path) && isHere(path);
  if (![...before, ...now].some(isCode)) return null;
  const answer = (status: 'pass' | 'unverified', summary: string): Judgement => ({
    status,
    summary,
    tests: null,
    drafts: [],
  });
  const blobsBefore = new Map(before.map(({ path, blob }) => [path, blob]));
  const changed = now.filter((file) => isCode(file) && blobsBefore.get(file.path) !== file.blob);
  if (changed.every(({ path }) => isBeside(path))) return answer('pass', 'no Rust code changed');
  const wanted = [before, now].map((files) => files.filter(({ path }) => isRust(path) || isManifest(path)));
  if (wanted.some(isTooMuch)) return answer('unverified', 'too much Rust to be read whole');
  return judgeTexts(order, wanted);
}

const isTooMuch = (files: readonly TreeFile[]): boolean =>
  files.length > MAX_FILES ||
  files.some(({ size }) => size > MAX_FILE_BYTES) ||
  files.reduce((total, { size }) => total + size, 0) > MAX_TREE_BYTES;

async function judgeTexts(order: RustOrder, [before = [], now = []]: TreeFile[][]): Promise<Judgement> {
  const { repo, isHere, entries, signal } = order;
  const blobs = await order.readBlobs([...before, ...now].map(({ blob }) => blob));
  const textOf = ({ blob }: TreeFile): string =>
    new TextDecoder().decode(blobs.get(blob) ?? new Uint8Array());
  const known = new Map<string, RustFacts>();
  const factsOf = async (files: readonly TreeFile[]): Promise<Map<string, RustFacts>> => {
    const facts = new Map<string, RustFacts>();
    for (const file of files.filter(({ path }) => isRust(path))) {
      // Others get their turn in between.
      if (facts.size % READ_AT_ONCE === 0) await breathe(signal);
      const read = known.get(file.blob) ?? readRust(textOf(file));
      known.set(file.blob, read);
      facts.set(file.path, read);
    }
    return facts;
  };
  const isCode = ({ path }: TreeFile): boolean => !isBeside(path);
  const globs = entries.map(compileGlob);
  const isOffered = offeredBy(now, textOf);
  const testFiles = now.filter((file) => isRust(file.path) && !isCode(file));
  return judgeRust({
    repo,
    isHere,
    base: await factsOf(before.filter(isCode)),
    head: await factsOf(now.filter(isCode)),
    tests: new Map(testFiles.map((file) => [file.path, new Set(textOf(file).match(/[A-Za-z_]\w*/g))])),
    isOffered,
    isEntry: (path) => globs.some((fits) => fits(path)),
  });
}

/**
 * A package without a program is there for others, unless it says that it is never published; so is one whose manifest
 * has a `[lib]`. In a package with a program the library is there for the program.
 */
function offeredBy(
  files: readonly TreeFile[],
  textOf: (file: TreeFile) => string,
): (path: string) => boolean {
  const paths = files.map(({ path }) => path);
  const packages = files
    .filter(({ path }) => isManifest(path))
    .map((file) => {
      const folder = posix.dirname(file.path) === '.' ? '' : `${posix.dirname(file.path)}/`;
      const text = textOf(file);
      const hasProgram =
        /^\s*\[\[bin\]\]/m.test(text) ||
        paths.some((path) => path === `${folder}src/main.rs` || path.startsWith(`${folder}src/bin/`));
      const isOwn = hasProgram || /^\s*publish\s*=\s*(?:false|\[\s*\])/m.test(text);
      return { folder, offers: /^\s*\[lib\]/m.test(text) || !isOwn };
    })
    .toSorted((a, b) => b.folder.length - a.folder.length);
  return (path) => packages.find(({ folder }) => path.startsWith(folder))?.offers ?? false;
}

async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}
