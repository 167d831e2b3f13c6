/** Reads both trees of Go from git and judges them: no toolchain, no packages, nothing run. */
import { posix } from 'node:path';
import type { TreeFile } from '../../../workspace/read-tree.ts';
import type { Judgement } from '../../suites/judge-tests.ts';
import { judgeLanguage, type LanguageOrder, type LanguageTrees } from '../judge-language.ts';
import { isForTests } from '../source-files.ts';
import { isGo, isGoModule, packagesOf, type GoTree } from './go-packages.ts';
import { judgeGo } from './judge-go.ts';
import { namesInTemplate, readGoFile } from './read-go-file.ts';
import { STANDARD_INTERFACES } from './standard-interfaces.ts';

const MAX_FILE_BYTES = 2 * 1024 * 1024;

const TEMPLATE = /\.(?:tmpl|tpl|gotmpl|gohtml|html?)$/;
const ASSEMBLY = /\.s$/;
/** `CALL ·name(SB)` */
const LINKED = /·([\p{L}_][\p{L}\p{N}_]*)/gu;

/** null: there is no Go here. */
export function runGo(order: LanguageOrder): Promise<Judgement | null> {
  return judgeLanguage(order, {
    name: 'Go',
    isCode: isGo,
    isBeside: isForTests,
    isReadBefore: isRead,
    isReadNow: isRead,
    maxFileBytes: MAX_FILE_BYTES,
    judge: (trees) => judgeTrees(order, trees),
  });
}

const isRead = ({ path }: TreeFile): boolean =>
  isGo(path) ||
  isGoModule(path) ||
  ((TEMPLATE.test(path) || ASSEMBLY.test(path)) && !/(?:^|\/)(?:vendor|node_modules|\.git)\//.test(path));

async function judgeTrees(
  { repo, isHere }: LanguageOrder,
  { before, now, textOf, isEntry, readAll }: LanguageTrees,
): Promise<Judgement> {
  const factsOf = readAll(readGoFile);
  const treeOf = async (files: readonly TreeFile[]): Promise<GoTree> => {
    const modules = files.filter(({ path }) => isGoModule(path));
    const facts = await factsOf(files.filter(({ path }) => isGo(path)));
    return packagesOf(facts, new Map(modules.map((file) => [file.path, textOf(file)])));
  };
  const both = [...before, ...now];
  return judgeGo({
    repo,
    isHere,
    base: await treeOf(before),
    head: await treeOf(now),
    starts: {
      isNamed: isEntry,
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
