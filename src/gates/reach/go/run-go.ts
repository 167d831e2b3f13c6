/** Reads both trees of Go from git and judges them: no toolchain, no packages, nothing run. */
import { posix } from 'node:path';
import { compileGlob } from '../../../core/conditions/glob.ts';
import type { TreeFile } from '../../../workspace/read-tree.ts';
import type { Judgement } from '../../suites/judge-tests.ts';
import { isForTests } from '../source-files.ts';
import type { GoFileFacts } from './go-facts.ts';
import { isGo, isGoModule, packagesOf, type GoTree } from './go-packages.ts';
import { judgeGo } from './judge-go.ts';
import { namesInTemplate, readGoFile } from './read-go-file.ts';
import { STANDARD_INTERFACES } from './standard-interfaces.ts';

/** More is not read; bytes are those of one tree. */
const MAX_FILES = 20_000;
const MAX_FILE_BYTES = 2 * 1024 * 1024;
const MAX_TREE_BYTES = 64 * 1024 * 1024;
const READ_AT_ONCE = 25;

const TEMPLATE = /\.(?:tmpl|tpl|gotmpl|gohtml|html?)$/;
const ASSEMBLY = /\.s$/;
/** `CALL ·name(SB)` */
const LINKED = /·([\p{L}_][\p{L}\p{N}_]*)/gu;

export interface GoOrder {
  repo: string;
  before: readonly TreeFile[];
  now: readonly TreeFile[];
  readBlobs: (blobs: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;
  isHere: (path: string) => boolean;
  /** Globs of files that are in use whatever names them. */
  entries: readonly string[];
  signal: AbortSignal;
}

/** null: there is no Go here. */
export async function runGo(order: GoOrder): Promise<Judgement | null> {
  const { before, now, isHere } = order;
  const isCode = ({ path }: TreeFile): boolean => isGo(path) && isHere(path);
  if (![...before, ...now].some(isCode)) return null;
  const answer = (status: 'pass' | 'unverified', summary: string): Judgement => ({
    status,
    summary,
    tests: null,
    drafts: [],
  });
  const blobsBefore = new Map(before.map(({ path, blob }) => [path, blob]));
  const changed = now.filter((file) => isCode(file) && blobsBefore.get(file.path) !== file.blob);
  if (changed.every(({ path }) => isForTests(path))) return answer('pass', 'no Go code changed');
  const wanted = [before, now].map((files) => files.filter(({ path }) => isRead(path)));
  if (wanted.some(isTooMuch)) return answer('unverified', 'too much Go to be read whole');
  return judgeTexts(order, wanted);
}

const isRead = (path: string): boolean =>
  isGo(path) ||
  isGoModule(path) ||
  ((TEMPLATE.test(path) || ASSEMBLY.test(path)) && !/(?:^|\/)(?:vendor|node_modules|\.git)\//.test(path));

const isTooMuch = (files: readonly TreeFile[]): boolean =>
  files.length > MAX_FILES ||
  files.some(({ size }) => size > MAX_FILE_BYTES) ||
  files.reduce((total, { size }) => total + size, 0) > MAX_TREE_BYTES;

async function judgeTexts(order: GoOrder, [before = [], now = []]: TreeFile[][]): Promise<Judgement> {
  const { repo, isHere, entries } = order;
  const blobs = await order.readBlobs([...before, ...now].map(({ blob }) => blob));
  const texts = new Map<string, string>();
  const textOf = ({ blob }: TreeFile): string => {
    const text = texts.get(blob) ?? new TextDecoder().decode(blobs.get(blob) ?? new Uint8Array());
    texts.set(blob, text);
    return text;
  };
  const known = new Map<string, GoFileFacts>();
  const treeOf = async (files: readonly TreeFile[]): Promise<GoTree> => {
    const facts = new Map<string, GoFileFacts>();
    for (const file of files.filter(({ path }) => isGo(path))) {
      // Others get their turn in between.
      if (facts.size % READ_AT_ONCE === 0) await breathe(order.signal);
      const read = known.get(file.blob) ?? readGoFile(textOf(file));
      known.set(file.blob, read);
      facts.set(file.path, read);
    }
    const modules = files.filter(({ path }) => isGoModule(path));
    return packagesOf(facts, new Map(modules.map((file) => [file.path, textOf(file)])));
  };
  const both = [...before, ...now];
  const globs = entries.map(compileGlob);
  return judgeGo({
    repo,
    isHere,
    base: await treeOf(before),
    head: await treeOf(now),
    starts: {
      isNamed: (path) => globs.some((fits) => fits(path)),
      linked: linkedNames(both, textOf),
      texts: both.filter(({ path }) => TEMPLATE.test(path)).flatMap((file) => namesInTemplate(textOf(file))),
      interfaces: STANDARD_INTERFACES,
    },
  });
}

/** What assembly calls, by the folder that it lies in. */
function linkedNames(files: readonly TreeFile[], textOf: (file: TreeFile) => string): ReadonlySet<string> {
  return new Set(
    files
      .filter(({ path }) => ASSEMBLY.test(path))
      .flatMap((file) =>
        [...textOf(file).matchAll(LINKED)].map(([, name = '']) => posix.join(posix.dirname(file.path), name)),
      ),
  );
}

async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}
