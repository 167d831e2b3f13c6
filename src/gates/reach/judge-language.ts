/** What judging a language by its files shares: both trees are read from git, within bounds, and nothing is run. */
import { setImmediate as breathe } from 'node:timers/promises';
import { compileGlob } from '../../core/conditions/glob.ts';
import type { TreeFile } from '../../workspace/read-tree.ts';
import type { Judgement } from '../suites/judge-tests.ts';

/** More is not read; bytes are those of one tree. */
const MAX_FILES = 20_000;
const MAX_TREE_BYTES = 64 * 1024 * 1024;
const READ_AT_ONCE = 25;
const NAME = /[A-Za-z_]\w*/g;

export interface LanguageOrder {
  repo: string;
  before: readonly TreeFile[];
  now: readonly TreeFile[];
  readBlobs: (blobs: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;
  isHere: (path: string) => boolean;
  /** Globs of files that are in use whatever names them. */
  entries: readonly string[];
  signal: AbortSignal;
}

export interface Language {
  /** As people write it. */
  name: string;
  isCode: (path: string) => boolean;
  /** Code for tests and the like: where nothing else changed there is nothing to judge. */
  isBeside: (path: string) => boolean;
  /** Files of the base that are read. */
  isReadBefore: (file: TreeFile) => boolean;
  /** Files of the revision that are read. */
  isReadNow: (file: TreeFile) => boolean;
  /** Where one file that is read is larger, nothing is judged. */
  maxFileBytes: number;
  judge: (trees: LanguageTrees) => Promise<Judgement>;
}

/** Both trees as far as they are read. */
export interface LanguageTrees {
  before: TreeFile[];
  now: TreeFile[];
  textOf: (file: TreeFile) => string;
  /** Whether all that the file declares is in use, whoever names it. */
  isEntry: (path: string) => boolean;
  /** By path. Equal files are read once; others get their turn in between. */
  readAll: <Facts>(read: (text: string) => Facts) => ReadFiles<Facts>;
}

export type ReadFiles<Facts> = (files: readonly TreeFile[]) => Promise<Map<string, Facts>>;

/** null: there is none of it here. */
export async function judgeLanguage(order: LanguageOrder, language: Language): Promise<Judgement | null> {
  const { name, isBeside } = language;
  const isCode = ({ path }: TreeFile): boolean => language.isCode(path) && order.isHere(path);
  if (![...order.before, ...order.now].some(isCode)) return null;
  const blobsBefore = new Map(order.before.map(({ path, blob }) => [path, blob]));
  const changed = order.now.filter((file) => isCode(file) && blobsBefore.get(file.path) !== file.blob);
  if (changed.every(({ path }) => isBeside(path))) return answer('pass', `no ${name} code changed`);
  const before = order.before.filter(language.isReadBefore);
  const now = order.now.filter(language.isReadNow);
  if ([before, now].some((files) => isTooMuch(files, language.maxFileBytes)))
    return answer('unverified', `too much ${name} to be read whole`);
  return language.judge({ before, now, ...(await openTexts(order, [...before, ...now])) });
}

const answer = (status: 'pass' | 'unverified', summary: string): Judgement => ({
  status,
  summary,
  tests: null,
  drafts: [],
});

const isTooMuch = (files: readonly TreeFile[], maxFileBytes: number): boolean =>
  files.length > MAX_FILES ||
  files.some(({ size }) => size > maxFileBytes) ||
  files.reduce((total, { size }) => total + size, 0) > MAX_TREE_BYTES;

async function openTexts(
  { readBlobs, entries, signal }: LanguageOrder,
  files: readonly TreeFile[],
): Promise<Pick<LanguageTrees, 'textOf' | 'isEntry' | 'readAll'>> {
  const blobs = await readBlobs(files.map(({ blob }) => blob));
  const textOf = ({ blob }: TreeFile): string =>
    new TextDecoder().decode(blobs.get(blob) ?? new Uint8Array());
  const globs = entries.map(compileGlob);
  return {
    textOf,
    isEntry: (path) => globs.some((fits) => fits(path)),
    readAll<Facts>(read: (text: string) => Facts): ReadFiles<Facts> {
      const known = new Map<string, Facts>();
      return async (wanted) => {
        const facts = new Map<string, Facts>();
        for (const file of wanted) {
          if (facts.size % READ_AT_ONCE === 0) {
            await breathe();
            signal.throwIfAborted();
          }
          const found = known.get(file.blob) ?? read(textOf(file));
          known.set(file.blob, found);
          facts.set(file.path, found);
        }
        return facts;
      };
    },
  };
}

/** All names in files, by path: enough to say who uses what. */
export function namesIn(
  files: readonly TreeFile[],
  textOf: LanguageTrees['textOf'],
): Map<string, ReadonlySet<string>> {
  return new Map(files.map((file) => [file.path, new Set(textOf(file).match(NAME))]));
}
