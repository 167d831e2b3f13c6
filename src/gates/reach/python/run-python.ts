/** Reads both trees of Python from git and judges them by names: no interpreter, no packages, nothing run. */
import { compileGlob } from '../../../core/conditions/glob.ts';
import type { TreeFile } from '../../../workspace/read-tree.ts';
import type { Judgement } from '../../suites/judge-tests.ts';
import { isForTests } from '../source-files.ts';
import { judgePython } from './judge-python.ts';
import type { PythonFacts } from './python-facts.ts';
import {
  isBesideCode,
  isLoose,
  isManifest,
  isPython,
  isSetting,
  packagesIn,
  wordsOfLoose,
  wordsOfSetting,
} from './python-starts.ts';
import { readPython } from './read-python.ts';

/** More is not read; bytes are those of one tree. */
const MAX_FILES = 20_000;
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_TREE_BYTES = 64 * 1024 * 1024;
const READ_AT_ONCE = 25;

export interface PythonOrder {
  repo: string;
  before: readonly TreeFile[];
  now: readonly TreeFile[];
  readBlobs: (blobs: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;
  isHere: (path: string) => boolean;
  /** Globs of files that are in use whatever names them. */
  entries: readonly string[];
  signal: AbortSignal;
}

const isBeside = (path: string): boolean => isForTests(path) || isBesideCode(path);
const isSource = (path: string): boolean => isPython(path) && !isBeside(path);

/** null: there is no Python here. */
export async function runPython(order: PythonOrder): Promise<Judgement | null> {
  const { before, now, isHere } = order;
  const isCode = ({ path }: TreeFile): boolean => isPython(path) && isHere(path);
  if (![...before, ...now].some(isCode)) return null;
  const answer = (status: 'pass' | 'unverified', summary: string): Judgement => ({
    status,
    summary,
    tests: null,
    drafts: [],
  });
  const blobsBefore = new Map(before.map(({ path, blob }) => [path, blob]));
  const changed = now.filter((file) => isCode(file) && blobsBefore.get(file.path) !== file.blob);
  if (changed.every(({ path }) => isBeside(path))) return answer('pass', 'no Python code changed');
  const wanted = [before.filter(({ path }) => isSource(path)), now.filter(isWanted)];
  if (wanted.some(isTooMuch)) return answer('unverified', 'too much Python to be read whole');
  return judgeTexts(order, wanted);
}

/** Settings that are too large to be written by hand name nothing that is started. */
const isWanted = ({ path, size }: TreeFile): boolean =>
  isPython(path) || isManifest(path) || ((isSetting(path) || isLoose(path)) && size <= MAX_FILE_BYTES);

const isTooMuch = (files: readonly TreeFile[]): boolean =>
  files.length > MAX_FILES ||
  files.some(({ size }) => size > MAX_FILE_BYTES) ||
  files.reduce((total, { size }) => total + size, 0) > MAX_TREE_BYTES;

async function judgeTexts(order: PythonOrder, [before = [], now = []]: TreeFile[][]): Promise<Judgement> {
  const { repo, isHere, entries, signal } = order;
  const blobs = await order.readBlobs([...before, ...now].map(({ blob }) => blob));
  const textOf = ({ blob }: TreeFile): string =>
    new TextDecoder().decode(blobs.get(blob) ?? new Uint8Array());
  const known = new Map<string, PythonFacts>();
  const factsOf = async (files: readonly TreeFile[]): Promise<Map<string, PythonFacts>> => {
    const facts = new Map<string, PythonFacts>();
    for (const file of files.filter(({ path }) => isSource(path))) {
      // Others get their turn in between.
      if (facts.size % READ_AT_ONCE === 0) await breathe(signal);
      const read = known.get(file.blob) ?? readPython(textOf(file));
      known.set(file.blob, read);
      facts.set(file.path, read);
    }
    return facts;
  };
  const globs = entries.map(compileGlob);
  const testFiles = now.filter(({ path }) => isPython(path) && !isSource(path));
  return judgePython({
    repo,
    isHere,
    base: await factsOf(before),
    head: await factsOf(now),
    tests: new Map(testFiles.map((file) => [file.path, new Set(textOf(file).match(/[A-Za-z_]\w*/g))])),
    isEntry: (path) => globs.some((fits) => fits(path)),
    packages: packagesIn(
      new Map(now.filter(({ path }) => isManifest(path)).map((file) => [file.path, textOf(file)])),
    ),
    words: now.filter(({ path }) => isSetting(path)).flatMap((file) => wordsOfSetting(textOf(file))),
    loose: new Set(
      now.filter(({ path }) => isLoose(path)).flatMap((file) => wordsOfLoose(file.path, textOf(file))),
    ),
  });
}

async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}
