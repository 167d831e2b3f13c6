/** Decides about the new functions and methods of a change of Go: which of them nothing but tests reaches. Pure. */
import type { FindingDraft } from '../../findings.ts';
import type { Judgement } from '../../suites/judge-tests.ts';
import type { GoFileFacts } from './go-facts.ts';
import {
  helpsTests,
  isExported,
  type GoPackage,
  type GoTree,
  type PlacedDeclaration,
} from './go-packages.ts';
import { offeredPackages } from './go-starts.ts';
import { reachGo, type GoReached, type GoStarts } from './reach-go.ts';

export interface GoQuestion {
  repo: string;
  base: GoTree;
  head: GoTree;
  /** Of both trees together. */
  starts: Omit<GoStarts, 'offered'>;
  /** Whether this gate answers for the file. */
  isHere: (path: string) => boolean;
}

const MAX_FINDINGS = 20;
const MAX_NAMED = 5;

/** These look methods up while they run, also such that no interface asks for. */
const LOOKS_METHODS_UP =
  /^(?:reflect|plugin|net\/rpc.*|text\/template|html\/template)$|temporal|cadence|graphql|wails|controller-runtime|rpc/;

/** One thing to say: a function, a method, or a type with its methods. */
interface Item {
  pack: GoPackage;
  name: string;
  line: number;
  file: string;
  parts: readonly PlacedDeclaration[];
  blocking: boolean;
}

export function judgeGo(question: GoQuestion): Judgement {
  const { base, head, isHere, starts } = question;
  const nothing = { tests: null, drafts: [] };
  const byPrograms = reachGo(base, { ...starts, offered: new Set() });
  const reached = reachGo(head, { ...starts, offered: offeredPackages(base, head, byPrograms) });
  if (reached.loaded.size === 0) {
    const summary =
      'no Go program and no package that others may import was found: name where the code begins with `entries` on this gate in baton.yaml';
    return { ...nothing, status: 'unverified', summary };
  }
  const offered = offeredPackages(base, base, byPrograms);
  const before = offered.size === 0 ? byPrograms : reachGo(base, { ...starts, offered });
  const fresh = [...head.packages.values()].flatMap((pack) => newIn(pack, { base, before, isHere }));
  const moved = goneUnreached(base, head, before);
  const unreached = fresh.filter(
    ({ pack, declaration }) => !reached.has(pack, declaration) && !moved.has(nameOf(declaration)),
  );
  const items = firstOnes(itemsOf(unreached, head, reached));
  const blocking = items.filter((each) => each.blocking).length;
  const more = Math.max(0, items.length - MAX_FINDINGS);
  return {
    tests: null,
    drafts: items.slice(0, MAX_FINDINGS).map((each) => toDraft(each, question)),
    status: blocking > 0 ? 'fail' : 'pass',
    summary:
      items.length === 0
        ? `${fresh.length} new functions of Go, all reached`
        : `${items.length} of the change's functions and types of Go are reached by nothing${more > 0 ? `, ${more} of them not shown` : ''}`,
  };
}

interface Fresh {
  pack: GoPackage;
  declaration: PlacedDeclaration;
}

const nameOf = ({ of, name }: PlacedDeclaration): string => (of === null ? name : `${of}.${name}`);

const allOf = (pack: GoPackage): PlacedDeclaration[] =>
  [...pack.declared.values(), ...pack.methods.values()].flat();

const inFolder = (tree: GoTree, folder: string): GoPackage | undefined =>
  [...tree.packages.values()].find((pack) => pack.folder === folder);

/** Functions and methods that were not there, where something was at work before. */
function newIn(
  pack: GoPackage,
  { base, before, isHere }: { base: GoTree; before: GoReached; isHere: (path: string) => boolean },
): Fresh[] {
  const old = inFolder(base, pack.folder);
  if (old !== undefined && !before.loaded.has(old.path)) return [];
  const known = new Set(old === undefined ? [] : allOf(old).map(nameOf));
  return allOf(pack)
    .filter(({ kind, name }) => (kind === 'func' || kind === 'method') && !/^(?:main|init|_)$/.test(name))
    .filter(
      ({ file }) => isHere(file.path) && !file.facts.generated && !file.facts.tagged && !helpsTests(file),
    )
    .filter((each) => !known.has(nameOf(each)))
    .map((declaration) => ({ pack, declaration }));
}

/** What nothing reached and what lies elsewhere now. */
function goneUnreached(base: GoTree, head: GoTree, before: GoReached): Set<string> {
  const gone = [...base.packages.values()].flatMap((pack) => {
    const now = inFolder(head, pack.folder);
    const names = new Set(now === undefined ? [] : allOf(now).map(nameOf));
    return allOf(pack).filter((each) => !before.has(pack, each) && !names.has(nameOf(each)));
  });
  return new Set(gone.map(nameOf));
}

/** Methods of a type that nothing reaches are told with it. */
function itemsOf(unreached: readonly Fresh[], head: GoTree, reached: GoReached): Item[] {
  const byPlace = Map.groupBy(unreached, ({ pack, declaration: { of, name } }) => {
    const isOfUnused =
      of !== null && pack.declared.get(of)?.some((type) => reached.has(pack, type)) === false;
    return `${pack.path}\0${isOfUnused ? of : `${of ?? ''}.${name}`}`;
  });
  return [...byPlace.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { pack, declaration } = first;
    const type = declaration.of === null ? undefined : pack.declared.get(declaration.of)?.[0];
    const isUnused = type !== undefined && !reached.has(pack, type);
    const main = isUnused ? type : declaration;
    const parts = [...(isUnused ? [type] : []), ...group.map((each) => each.declaration)];
    const blocking = isUnused || declaration.of === null || isOnlyOurs(declaration, pack, head);
    return [{ pack, name: nameOf(main), line: main.line, file: main.file.path, parts, blocking }];
  });
}

/** Whether nobody outside of the repository can call a method of a value that is in use. */
function isOnlyOurs(method: PlacedDeclaration, pack: GoPackage, head: GoTree): boolean {
  if (!isExported(method.name) || method.handles) return true;
  const imports = [...head.packages.values()]
    .filter(({ module }) => module === pack.module)
    .flatMap(({ files }) => files.flatMap(({ facts }) => facts.imports.map(({ path }) => path)));
  if (imports.some((path) => LOOKS_METHODS_UP.test(path))) return false;
  const isForeign = (path: string): boolean =>
    (path.split('/')[0] ?? '').includes('.') &&
    !head.modules.some((module) => path === module.path || path.startsWith(`${module.path}/`));
  return !imports.some(isForeign) || takesOwnTypes(method, pack, head);
}

/** Others cannot ask for a method that takes or returns what only this repository knows. */
function takesOwnTypes({ signature, file }: PlacedDeclaration, pack: GoPackage, head: GoTree): boolean {
  const isType = (where: GoPackage | undefined, name: string): boolean =>
    where?.declared.get(name)?.some(({ kind }) => kind === 'type') === true;
  if ([...signature.names].some((name) => isType(pack, name))) return true;
  return signature.selected.some(({ from, name }) =>
    importsOf(file.facts, from).some((path) => isType(head.packages.get(path), name)),
  );
}

const importsOf = ({ imports }: GoFileFacts, name: string | null): string[] =>
  imports.filter(({ alias, path }) => (alias ?? path.split('/').at(-1)) === name).map(({ path }) => path);

/** Those that no other one names: what they use is mended with them. */
function firstOnes(items: Item[]): Item[] {
  const first = items.filter(
    (item) =>
      !items.some((other) => other !== item && other.parts.some((part) => names(part, other.pack, item))),
  );
  return first.length === 0 ? items : first;
}

function names({ mentions }: PlacedDeclaration, from: GoPackage, item: Item): boolean {
  const [main] = item.parts;
  if (main === undefined) return false;
  if (from.path === item.pack.path && main.of === null && mentions.names.has(main.name)) return true;
  return mentions.selected.some(({ name }) => name === main.name);
}

function toDraft({ name, line, file, parts, blocking }: Item, { repo, head }: GoQuestion): FindingDraft {
  const [main] = parts;
  const methods = parts.filter((part) => part !== main).map((part) => part.name);
  const more = methods.length > MAX_NAMED ? ` and ${methods.length - MAX_NAMED} more` : '';
  const withMethods = methods.length === 0 ? '' : ` (with ${methods.slice(0, MAX_NAMED).join(', ')}${more})`;
  const test = head.tests.find(({ facts }) =>
    facts.declarations.some((each) => mentionsName(each, main?.name)),
  );
  const only = test === undefined ? 'Nothing uses it' : `Only tests use it (\`${test.path}\`)`;
  const shown = blocking
    ? ''
    : ' A package that is not in this repository may call it by its name, so this stops nothing.';
  return {
    repo,
    file,
    line,
    severity: blocking ? 'major' : 'minor',
    blocking,
    identity: `unreached ${name}`,
    problem: `\`${name}\`${withMethods} is new, and no code that is not a test reaches it from a program or a package that others import. ${only}.${shown}`,
    fix: 'Call it from the code that it is for (register, mount or list it there), or take it out. If something starts it by other ways, name its file with `entries` on this gate in baton.yaml.',
  };
}

function mentionsName(
  { mentions }: PlacedDeclaration | GoFileFacts['declarations'][number],
  name = '',
): boolean {
  return mentions.names.has(name) || mentions.selected.some((each) => each.name === name);
}
