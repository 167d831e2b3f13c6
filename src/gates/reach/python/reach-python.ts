/** Which of a change's functions, classes and methods of Python are in use, by names. Pure. */
import type { PythonDeclaration } from './python-facts.ts';
import type { PythonTree } from './python-modules.ts';
import { usesIn, type PythonUse } from './python-uses.ts';
import { callsMethods, findsClasses, isDecorated, isHook } from './python-words.ts';

export interface FreshPython {
  file: string;
  declaration: PythonDeclaration;
}

export interface PythonReachOrder {
  /** Sources without tests. */
  tree: PythonTree;
  /** What is asked about; all else is taken to be in use. */
  fresh: readonly FreshPython[];
  /** Whether the file was there, or something that is not in the repository starts or loads it. */
  isStarted: (path: string) => boolean;
  /** Whether all that the file declares is in use. */
  isEntry: (path: string) => boolean;
  /** Whether it is there for others. */
  isOffered: (item: FreshPython) => boolean;
  /** Paths, modules and names with points that settings say. */
  words: readonly string[];
  /** Names in templates, notebooks and the like. */
  loose: ReadonlySet<string>;
}

export interface PythonReach {
  used: ReadonlySet<PythonDeclaration>;
  loaded: ReadonlySet<string>;
}

export function reachPython(order: PythonReachOrder): PythonReach {
  const { tree, fresh, isStarted, isEntry, isOffered, words, loose } = order;
  const uses = usesIn(tree, words);
  const isFresh = new Set(fresh.map(({ declaration }) => declaration));
  const classes = classesOf(tree);
  const loaded = new Set([
    ...[...tree.keys()].filter((path) => isStarted(path) || isEntry(path)),
    ...uses.named,
  ]);
  const used = new Set<PythonDeclaration>();
  const isUse = ({ file, by }: PythonUse): boolean =>
    by === null ? file === null || loaded.has(file) : !isFresh.has(by) || used.has(by);
  const registers = (file: string, decorator: string): boolean => {
    const [router = ''] = decorator.split('.');
    return !isNewRouter(order, file, router) || uses.ofValue(file, router).some(isUse);
  };
  const isUsed = (item: FreshPython): boolean => {
    const { file, declaration } = item;
    const owner = tree.get(file)?.declarations.find((each) => each.isClass && each.name === declaration.of);
    if (owner !== undefined && isFresh.has(owner) && !used.has(owner)) return false;
    if (isEntry(file) || isOffered(item) || loose.has(declaration.name)) return true;
    if (loaded.has(file)) {
      if (isDecorated(declaration) && declaration.decorators.every((each) => registers(file, each)))
        return true;
      if (isHook(declaration) || isFoundByClass(declaration, owner, classes)) return true;
    }
    return uses.ofDeclaration(file, declaration).some(isUse);
  };
  for (let before = -1; before !== used.size + loaded.size;) {
    before = used.size + loaded.size;
    for (const file of loaded) for (const next of uses.loadedBy(file)) loaded.add(next);
    for (const each of fresh) if (!used.has(each.declaration) && isUsed(each)) used.add(each.declaration);
  }
  return { used, loaded };
}

/** Whether a collection of routes came with the change, so that something has to take it in. */
function isNewRouter({ tree, fresh }: PythonReachOrder, file: string, router: string): boolean {
  const facts = tree.get(file);
  if (facts === undefined || facts.isStarted || !facts.routers.has(router)) return false;
  const own = new Set(fresh.filter((each) => each.file === file).map(({ declaration }) => declaration));
  const isOn = (each: PythonDeclaration): boolean =>
    each.decorators.some((name) => name.split('.')[0] === router);
  // Where it had functions it was taken in, or this change is not to be asked.
  return facts.declarations.every((each) => own.has(each) || !isOn(each));
}

interface PythonClasses {
  byName: ReadonlyMap<string, PythonDeclaration[]>;
  /** Somebody finds classes by what they come from. */
  areListed: boolean;
}

function classesOf(tree: PythonTree): PythonClasses {
  const all = [...tree.values()].flatMap(({ declarations }) => declarations.filter(({ isClass }) => isClass));
  const areListed =
    [...tree.values()].some(({ listsClasses }) => listsClasses) ||
    all.some(({ bases }) => bases.includes('type'));
  return { byName: Map.groupBy(all, ({ name }) => name), areListed };
}

/** Whether the class of a method, or the class itself, comes from one that asks for it. */
function isFoundByClass(
  declaration: PythonDeclaration,
  owner: PythonDeclaration | undefined,
  classes: PythonClasses,
): boolean {
  if (owner !== undefined) return foreignBases(owner.bases, classes).some(callsMethods);
  if (!declaration.isClass) return false;
  const isOfOwn = declaration.bases.some((base) => classes.byName.has(base));
  return (classes.areListed && isOfOwn) || foreignBases(declaration.bases, classes).some(findsClasses);
}

/** The classes of elsewhere that a class comes from, through those of the repository. */
function foreignBases(
  bases: readonly string[],
  classes: PythonClasses,
  seen: Set<string> = new Set(),
): string[] {
  return bases.flatMap((base) => {
    const own = classes.byName.get(base);
    if (own === undefined) return [base];
    if (seen.has(base)) return [];
    seen.add(base);
    return own.flatMap((each) => foreignBases(each.bases, classes, seen));
  });
}
