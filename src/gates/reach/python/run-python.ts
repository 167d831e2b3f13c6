/** Reads both trees of Python from git and judges them by names: no interpreter, no packages, nothing run. */
import type { TreeFile } from '../../../workspace/read-tree.ts';
import type { Judgement } from '../../suites/judge-tests.ts';
import { judgeLanguage, namesIn, type LanguageOrder, type LanguageTrees } from '../judge-language.ts';
import { isForTests } from '../source-files.ts';
import { judgePython } from './judge-python.ts';
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

const MAX_FILE_BYTES = 1024 * 1024;

const isBeside = (path: string): boolean => isForTests(path) || isBesideCode(path);
const isSource = ({ path }: TreeFile): boolean => isPython(path) && !isBeside(path);

/** null: there is no Python here. */
export function runPython(order: LanguageOrder): Promise<Judgement | null> {
  return judgeLanguage(order, {
    name: 'Python',
    isCode: isPython,
    isBeside,
    isReadBefore: isSource,
    isReadNow,
    maxFileBytes: MAX_FILE_BYTES,
    judge: (trees) => judgeTrees(order, trees),
  });
}

/** Settings that are too large to be written by hand name nothing that is started. */
const isReadNow = ({ path, size }: TreeFile): boolean =>
  isPython(path) || isManifest(path) || ((isSetting(path) || isLoose(path)) && size <= MAX_FILE_BYTES);

async function judgeTrees(
  { repo, isHere }: LanguageOrder,
  { before, now, textOf, isEntry, readAll }: LanguageTrees,
): Promise<Judgement> {
  const factsOf = readAll(readPython);
  const manifests = now.filter(({ path }) => isManifest(path));
  return judgePython({
    repo,
    isHere,
    isEntry,
    base: await factsOf(before),
    head: await factsOf(now.filter(isSource)),
    tests: namesIn(
      now.filter((file) => isPython(file.path) && !isSource(file)),
      textOf,
    ),
    packages: packagesIn(new Map(manifests.map((file) => [file.path, textOf(file)]))),
    words: now.filter(({ path }) => isSetting(path)).flatMap((file) => wordsOfSetting(textOf(file))),
    loose: new Set(
      now.filter(({ path }) => isLoose(path)).flatMap((file) => wordsOfLoose(file.path, textOf(file))),
    ),
  });
}
