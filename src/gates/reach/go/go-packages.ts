/** Puts the files of a tree together to packages and modules, by their folders and `go.mod`. Pure. */
import { posix } from 'node:path';
import { isForTests } from '../source-files.ts';
import type { GoDeclaration, GoFileFacts } from './go-facts.ts';

export interface GoFile {
  path: string;
  facts: GoFileFacts;
}

export interface GoPackage {
  /** What others import it by; of a folder outside of all modules its own path. */
  path: string;
  folder: string;
  module: GoModule;
  files: readonly GoFile[];
  declared: ReadonlyMap<string, readonly PlacedDeclaration[]>;
  methods: ReadonlyMap<string, readonly PlacedDeclaration[]>;
}

export interface PlacedDeclaration extends GoDeclaration {
  file: GoFile;
}

export interface GoModule {
  /** As imports begin. */
  path: string;
  folder: string;
}

export interface GoTree {
  /** By the paths that others import them by, without tests. */
  packages: ReadonlyMap<string, GoPackage>;
  modules: readonly GoModule[];
  tests: readonly GoFile[];
}

/** `modFiles`: `go.mod` files by path. */
export function packagesOf(
  files: ReadonlyMap<string, GoFileFacts>,
  modFiles: ReadonlyMap<string, string>,
): GoTree {
  const modules = [...modFiles].flatMap(([path, text]): GoModule[] => {
    const name = /^\s*module\s+"?([^\s"]+)/m.exec(text)?.[1];
    return name === undefined ? [] : [{ path: name, folder: folderOf(path) }];
  });
  const all = [...files].map(([path, facts]): GoFile => ({ path, facts }));
  const byFolder = Map.groupBy(
    all.filter(({ path }) => !isGoTest(path)),
    ({ path }) => folderOf(path),
  );
  const packages = [...byFolder].map(([folder, inside]) => packageOf(folder, inside, modules));
  const tests = all.filter(({ path }) => isForTests(path));
  return { modules, tests, packages: new Map(packages.map((each) => [each.path, each])) };
}

const folderOf = (path: string): string => posix.dirname(path);

function packageOf(folder: string, files: GoFile[], modules: readonly GoModule[]): GoPackage {
  const around = modules.filter(
    (each) => each.folder === '.' || folder === each.folder || folder.startsWith(`${each.folder}/`),
  );
  const module = around.toSorted((a, b) => b.folder.length - a.folder.length)[0] ?? {
    path: folder,
    folder: '.',
  };
  const inside = module.folder === '.' ? folder : folder.slice(module.folder.length + 1);
  const isTop = inside === '' || inside === '.';
  const placed = files.flatMap((file) => file.facts.declarations.map((each) => ({ ...each, file })));
  return {
    path: around.length === 0 ? folder : isTop ? module.path : `${module.path}/${inside}`,
    folder,
    module,
    files,
    declared: Map.groupBy(
      placed.filter(({ of }) => of === null),
      ({ name }) => name,
    ),
    methods: Map.groupBy(
      placed.filter(({ of }) => of !== null),
      ({ of }) => of ?? '',
    ),
  };
}

export function isGo(path: string): boolean {
  return path.endsWith('.go') && !/(?:^|\/)(?:vendor|node_modules|\.git)\//.test(path) && !isLeftOut(path);
}

/** What the tool `go` itself does not look at. */
const isLeftOut = (path: string): boolean =>
  path.split('/').some((part) => /^[_.]./.test(part) || part === 'testdata');

const isGoTest = (path: string): boolean => path.endsWith('_test.go');

export const isGoModule = (path: string): boolean =>
  posix.basename(path) === 'go.mod' && !isLeftOut(path) && !/(?:^|\/)vendor\//.test(path);

/** Helps tests, by its place or its package's name, or because it uses `testing`. What loads it decides whether it reaches anything. */
export function helpsTests({ path, facts }: GoFile): boolean {
  return (
    isForTests(path) ||
    (facts.package.endsWith('test') && facts.package !== 'test') ||
    facts.imports.some((each) => each.path === 'testing')
  );
}

export const isExported = (name: string): boolean => /^\p{Lu}/u.test(name);

/** Nobody outside of the module's own part of the tree may import it. */
export const isInternal = ({ path }: { path: string }): boolean => /(?:^|\/)internal(?:\/|$)/.test(path);

export const isProgram = (pack: GoPackage): boolean =>
  pack.files.some(({ facts }) => facts.package === 'main') && pack.declared.has('main');

/** Programs that show or make something: beside them a module may still be there for others. */
export const isSideProgram = ({ folder, files }: GoPackage): boolean =>
  /(?:^|\/)(?:_?examples?|tools?|scripts?|hack|internal|gen|demos?)(?:\/|$)/.test(folder) ||
  files.every(({ facts }) => facts.tagged);
