/** Decides about what a change of Python declares: which of it nothing but tests uses. Pure. */
import { posix } from 'node:path';
import { isLoadedByPlace } from '../conventions.ts';
import type { FindingDraft } from '../../findings.ts';
import { unusedDraft } from '../unused-draft.ts';
import type { Judgement } from '../../suites/judge-tests.ts';
import type { PythonDeclaration } from './python-facts.ts';
import type { PythonTree } from './python-modules.ts';
import type { PythonPackage } from './python-starts.ts';
import { isByPlace, isLoadedByName } from './python-starts.ts';
import { reachPython, type FreshPython, type PythonReach } from './reach-python.ts';
import { usesIn } from './python-uses.ts';

export interface PythonQuestion {
  repo: string;
  /** Sources by path, without tests. */
  base: PythonTree;
  head: PythonTree;
  /** Names in the tests of the head, by file: only to say who uses it. */
  tests: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether this gate answers for the file. */
  isHere: (path: string) => boolean;
  /** Whether all that the file declares is in use, whoever names it. */
  isEntry: (path: string) => boolean;
  /** What manifests of the head say, the deepest first. */
  packages: readonly PythonPackage[];
  /** Paths, modules and names with points that settings of the head say. */
  words: readonly string[];
  /** Names in templates and the like. */
  loose: ReadonlySet<string>;
}

const MAX_FINDINGS = 20;
/** Where programs leave as much of what is public unused, somebody else uses it. */
const FOR_OTHERS = { least: 3, share: 0.25 };

export function judgePython(question: PythonQuestion): Judgement {
  const { head, isHere } = question;
  const fresh = freshIn(question);
  const reach = reachPython({
    ...startsOf(question),
    tree: head,
    fresh,
    isOffered: offeredBy(question),
  });
  const unused = fresh.filter(({ file, declaration }) => isHere(file) && !reach.used.has(declaration));
  const items = outermost(unused, head);
  const more = Math.max(0, items.length - MAX_FINDINGS);
  return {
    tests: null,
    drafts: items.slice(0, MAX_FINDINGS).map((item) => toDraft(item, reach, question)),
    status: items.length > 0 ? 'fail' : 'pass',
    summary:
      items.length === 0
        ? `${fresh.length} new functions and classes of Python, all in use`
        : `${items.length} of the change's functions and classes of Python are used by nothing${more > 0 ? `, ${more} of them not shown` : ''}`,
  };
}

const nameOf = ({ of, name }: PythonDeclaration): string => (of === null ? name : `${of}.${name}`);

/** What its file did not declare, and what did not come from a file that declares it no longer. */
function freshIn({ base, head }: PythonQuestion): FreshPython[] {
  const namesIn = (tree: PythonTree, file: string): ReadonlySet<string> =>
    new Set(tree.get(file)?.declarations.map(nameOf));
  const left = new Set(
    [...base.keys()].flatMap((file) => {
      const now = namesIn(head, file);
      return [...namesIn(base, file)].filter((name) => !now.has(name));
    }),
  );
  return [...head].flatMap(([file, { declarations }]) => {
    const known = namesIn(base, file);
    return declarations
      .filter((each) => each.name !== '_' && !known.has(nameOf(each)) && !left.has(nameOf(each)))
      .map((declaration): FreshPython => ({ file, declaration }));
  });
}

/** Where the change's code begins, besides what was there. */
function startsOf({ base, head, isEntry, words, loose }: PythonQuestion) {
  const imported = importedIn(base, words);
  const byPlace = new Set(
    [...base].filter(([file, { isStarted }]) => !isStarted && !imported.has(file)).map(([file]) => file),
  );
  const isPackage = (folder: string): boolean => head.has(posix.join(folder, '__init__.py'));
  const importedNow = importedIn(head, words);
  return {
    words,
    loose,
    isEntry: (path: string) =>
      isEntry(path) || isByPlace(path) || (!base.has(path) && isLoadedByPlace(path, base.keys(), byPlace)),
    isStarted: (path: string) =>
      base.has(path) ||
      head.get(path)?.isStarted === true ||
      isLoadedByName(path) ||
      // A script that people start by hand.
      (head.get(path)?.acts === true && !importedNow.has(path) && !isPackage(posix.dirname(path))),
  };
}

function importedIn(tree: PythonTree, words: readonly string[]): ReadonlySet<string> {
  const uses = usesIn(tree, words);
  const loaded = [...tree.keys()].flatMap((file) => uses.loadedBy(file).filter((each) => each !== file));
  return new Set([
    ...loaded,
    ...uses.named,
    ...[...tree.keys()].filter((file) => file.endsWith('__init__.py')),
  ]);
}

/**
 * What a package offers to others. Without a program of its own, whatever is public; with one, what its `__init__` passes
 * on, and whatever is public where the base shows that others use it.
 */
function offeredBy(question: PythonQuestion): (item: FreshPython) => boolean {
  const { base, head, packages } = question;
  const packageOf = (file: string): PythonPackage | undefined =>
    packages.find(({ folder }) => file.startsWith(folder));
  const open = new Set(
    packages.filter((each) => {
      const own = [...base].filter(([file]) => packageOf(file) === each);
      const hasProgram =
        each.hasCommand ||
        own.some(
          ([file, { isStarted }]) => isStarted || /(?:^|\/)(?:__main__|manage|wsgi|asgi)\.py$/.test(file),
        );
      return (
        each.isPublished &&
        (!hasProgram ||
          isUsedByOthers(
            question,
            own.map(([file]) => file),
          ))
      );
    }),
  );
  const passedOn = new Set(
    [...head]
      .filter(([file]) => file.endsWith('__init__.py') && packageOf(file)?.isPublished === true)
      .flatMap(([, { imports, texts }]) => [
        ...imports.flatMap(({ name }) => (name === null ? [] : [name])),
        ...texts.map(({ text }) => text),
      ]),
  );
  return ({ file, declaration: { of, name } }) => {
    const own = packageOf(file);
    if (own === undefined || name.startsWith('_')) return false;
    if (open.has(own)) return true;
    return own.isPublished && of === null && passedOn.has(name);
  };
}

/** At the base a good part of what is public is used by no code of the repository. */
function isUsedByOthers(question: PythonQuestion, files: readonly string[]): boolean {
  const { base } = question;
  const isPublic = ({ name, of }: PythonDeclaration): boolean =>
    !name.startsWith('_') && !(of ?? '').startsWith('_');
  const asked = files.flatMap((file) =>
    (base.get(file)?.declarations ?? [])
      .filter(isPublic)
      .map((declaration): FreshPython => ({ file, declaration })),
  );
  const { used } = reachPython({
    ...startsOf(question),
    tree: base,
    fresh: asked,
    isStarted: () => true,
    isOffered: () => false,
  });
  const unused = asked.length - used.size;
  return unused >= FOR_OTHERS.least && unused >= asked.length * FOR_OTHERS.share;
}

/** Those that no other one names, without the methods of a class that is told itself: they are mended with it. */
function outermost(unused: readonly FreshPython[], head: PythonTree): FreshPython[] {
  const all = new Set(unused.map(({ declaration }) => declaration));
  const classes = new Set(
    unused.flatMap(({ file, declaration }) => (declaration.isClass ? [`${file}\0${declaration.name}`] : [])),
  );
  const named = new Set(
    [...head.values()].flatMap(({ mentions }) =>
      mentions.flatMap(({ name, by }) =>
        by !== null && all.has(by) && by.name !== name && by.of !== name ? [name] : [],
      ),
    ),
  );
  const first = unused.filter(
    ({ file, declaration: { of, name } }) =>
      !named.has(name) && (of === null || !classes.has(`${file}\0${of}`)),
  );
  return first.length === 0 ? [...unused] : first;
}

function toDraft(
  { file, declaration }: FreshPython,
  { loaded }: PythonReach,
  { repo, tests }: PythonQuestion,
): FindingDraft {
  return unusedDraft({
    repo,
    file,
    line: declaration.line,
    shown: nameOf(declaration),
    name: declaration.name,
    tests,
    why: loaded.has(file) ? '' : ' No code that is not a test imports its file.',
    words: { wire: 'register, include or list', whole: 'the package' },
  });
}
