/** Reads both trees of Rust from git and judges them by names: no toolchain, no packages, nothing run. */
import { posix } from 'node:path';
import type { TreeFile } from '../../../workspace/read-tree.ts';
import type { Judgement } from '../../suites/judge-tests.ts';
import { judgeLanguage, namesIn, type LanguageOrder, type LanguageTrees } from '../judge-language.ts';
import { isForTests } from '../source-files.ts';
import { judgeRust } from './judge-rust.ts';
import { readRust } from './read-rust.ts';

const MAX_FILE_BYTES = 1024 * 1024;

const isRust = (path: string): boolean => path.endsWith('.rs') && !/(?:^|\/)(?:vendor|target)\//.test(path);
const isManifest = (path: string): boolean => posix.basename(path) === 'Cargo.toml';
/** Examples and measurements use what they like. */
const isBeside = (path: string): boolean =>
  isForTests(path) || /(?:^|\/)(?:benches|examples|fuzz)\/|(?:^|\/)tests?\.rs$/.test(path);
const isSource = ({ path }: TreeFile): boolean => isRust(path) && !isBeside(path);
const isRead = ({ path }: TreeFile): boolean => isRust(path) || isManifest(path);

/** null: there is no Rust here. */
export function runRust(order: LanguageOrder): Promise<Judgement | null> {
  return judgeLanguage(order, {
    name: 'Rust',
    isCode: isRust,
    isBeside,
    isReadBefore: isSource,
    isReadNow: isRead,
    maxFileBytes: MAX_FILE_BYTES,
    judge: (trees) => judgeTrees(order, trees),
  });
}

async function judgeTrees(
  { repo, isHere }: LanguageOrder,
  { before, now, textOf, isEntry, readAll }: LanguageTrees,
): Promise<Judgement> {
  const factsOf = readAll(readRust);
  return judgeRust({
    repo,
    isHere,
    isEntry,
    base: await factsOf(before),
    head: await factsOf(now.filter(isSource)),
    tests: namesIn(
      now.filter((file) => isRust(file.path) && !isSource(file)),
      textOf,
    ),
    isOffered: offeredBy(now, textOf),
  });
}

/**
 * A package without a program is there for others, unless it says that it is never published; so is one whose manifest
 * has a `[lib]`. In a package with a program the library is there for the program.
 */
function offeredBy(files: readonly TreeFile[], textOf: LanguageTrees['textOf']): (path: string) => boolean {
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
