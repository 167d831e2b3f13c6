/** Where the code of a tree of Go begins: programs, and the packages that are there for others. Pure. */
import { posix } from 'node:path';
import {
  isExported,
  isInternal,
  isProgram,
  isSideProgram,
  type GoModule,
  type GoPackage,
  type GoTree,
  type PlacedDeclaration,
} from './go-packages.ts';
import type { GoReached } from './reach-go.ts';

/** What others than the programs of the repository use: a quarter of what a package exports says so. */
const SHARE_FOR_OTHERS = 1 / 4;
const LEAST_NEIGHBOURS = 2;

/** Paths of the packages of `head` that are offered to others, by what nothing but tests used at the base. */
export function offeredPackages(
  base: GoTree,
  head: GoTree,
  /** From the programs of the base alone. */
  reached: GoReached,
): ReadonlySet<string> {
  const before = new Map(
    [...base.packages.values()].map((pack) => [
      pack.folder,
      isForOthers(pack, hasProducts(base, pack.module), (each) => reached.has(pack, each)),
    ]),
  );
  const offered = [...head.packages.values()].filter((pack) => {
    if (isProgram(pack)) return false;
    if (isPlugIn(pack)) return true;
    return !isInternal(pack) && (before.get(pack.folder) ?? isNewForOthers(pack, head, before));
  });
  return new Set(offered.map(({ path }) => path));
}

/** Whoever loads it looks its exported names up. */
const isPlugIn = ({ files }: GoPackage): boolean => files.every(({ facts }) => facts.package === 'main');

/** Whether programs of the repository may be what the module is for. */
function hasProducts(tree: GoTree, module: GoModule): boolean {
  const programs = [...tree.packages.values()].filter((pack) => isProgram(pack) && !isSideProgram(pack));
  if (programs.some((pack) => pack.module === module)) return true;
  return programs.length > 0 && isUsedByOthers(tree, module);
}

function isUsedByOthers(tree: GoTree, module: GoModule): boolean {
  const own = new Set(
    [...tree.packages.values()].filter((pack) => pack.module === module).map(({ path }) => path),
  );
  return [...tree.packages.values()].some(
    (pack) =>
      pack.module !== module &&
      pack.files.some(({ facts }) => facts.imports.some(({ path }) => own.has(path))),
  );
}

function isForOthers(
  pack: GoPackage,
  hasProduct: boolean,
  isReached: (declaration: PlacedDeclaration) => boolean,
): boolean {
  if (isInternal(pack)) return false;
  if (!hasProduct) return true;
  const exported = [...pack.declared.values()]
    .flat()
    .filter(({ name, kind }) => isExported(name) && kind !== 'value');
  const unused = exported.filter((each) => !isReached(each));
  return exported.length > 0 && unused.length >= exported.length * SHARE_FOR_OTHERS;
}

/** A new package is what its neighbours were; in a module without programs it is there for others. */
function isNewForOthers(pack: GoPackage, head: GoTree, before: ReadonlyMap<string, boolean>): boolean {
  if (!hasProducts(head, pack.module)) return true;
  const around = posix.dirname(pack.folder);
  const beside = [...before].filter(([folder]) => folder !== '.' && posix.dirname(folder) === around);
  const offered = beside.filter(([, isOffered]) => isOffered);
  return offered.length >= LEAST_NEIGHBOURS && offered.length * 2 >= beside.length;
}
