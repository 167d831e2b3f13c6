/** Who uses which name of a tree of Python: code, texts in code, look-ups while it runs, and what stands outside of code. Pure. */
import type { PythonDeclaration, PythonFacts, PythonMention } from './python-facts.ts';
import { keyOf, modulesOf, type PythonModules, type PythonTree } from './python-modules.ts';
import {
  filesGoneOver,
  loadedWhileRunning,
  meantBy,
  meantOutside,
  ofAnyModule,
  ofAnyObject,
} from './python-texts.ts';

export interface PythonUse {
  /** null: it stands outside of code. */
  file: string | null;
  /** null: it runs when the file is loaded. */
  by: PythonDeclaration | null;
}

export interface PythonUses {
  ofDeclaration(file: string, declaration: PythonDeclaration): readonly PythonUse[];
  /** Of a value that stands at the outermost level, besides what its own file does with it there. */
  ofValue(file: string, name: string): readonly PythonUse[];
  /** Files that a file loads. */
  loadedBy(file: string): readonly string[];
  /** Files that something outside of code loads. */
  named: readonly string[];
}

/** `words`: paths, modules and names with points that settings say. */
export function usesIn(tree: PythonTree, words: readonly string[]): PythonUses {
  const modules = modulesOf(tree);
  const uses = new Map<string, PythonUse[]>();
  const add = (keys: Iterable<string>, use: PythonUse): void => {
    for (const key of keys) {
      const known = uses.get(key);
      if (known === undefined) uses.set(key, [use]);
      else known.push(use);
    }
  };
  const loads = new Map<string, string[]>();
  const targetsOf = (file: string): string[] =>
    (tree.get(file)?.imports ?? []).flatMap((each) => modules.loadedBy(file, each));
  const lookers = [...tree].filter(([, { looksUp }]) => looksUp).map(([file]) => file);
  const lookedAt = [...new Set([...lookers, ...lookers.flatMap(targetsOf)])];
  const asked = namesAskedFor(tree);
  for (const [file, facts] of tree) {
    const targets = targetsOf(file);
    const keys = keysIn({ file, facts, targets, modules });
    for (const mention of facts.mentions) {
      const isOwnValue = mention.by === null && mention.isReceiver && facts.routers.has(mention.name);
      const isAbove = mention.isDecorator && facts.routers.has(mention.name);
      if (!isAbove && !isOwnValue) add(keys(mention, asked), { file, by: mention.by });
    }
    const said: string[] = [];
    for (const { text, by } of facts.texts) {
      if (/[.:]/.test(text)) {
        const meant = meantBy(text, file, modules);
        add(meant.keys, { file, by });
        said.push(...meant.files);
      } else if (lookers.length > 0 && asked.has(text))
        add([ofAnyObject(text), ...modules.meant(lookedAt, text)], { file, by });
    }
    loads.set(file, [...targets, ...said, ...loadedWhileRunning(file, facts, tree)]);
  }
  const outside = words.map((word) => meantOutside(word, tree, modules));
  for (const { keys } of outside) add(keys, { file: null, by: null });
  const areOver = filesGoneOver(tree, modules);
  const beginnings = [...tree].flatMap(([file, { prefixes }]) =>
    prefixes.length === 0 ? [] : [{ prefixes, files: new Set([file, ...targetsOf(file)]) }],
  );
  const isLookedUp = (file: string, { of, name }: PythonDeclaration): boolean =>
    (of === null && areOver.has(file)) ||
    beginnings.some(
      ({ prefixes, files }) =>
        (of !== null || files.has(file)) && prefixes.some((each) => name.startsWith(each)),
    );
  const at = (...keys: string[]): PythonUse[] => keys.flatMap((key) => uses.get(key) ?? []);
  return {
    ofDeclaration(file, declaration) {
      const { of, name } = declaration;
      if (isLookedUp(file, declaration)) return [{ file: null, by: null }];
      return of === null
        ? at(keyOf(file, name), ofAnyModule(name))
        : at(keyOf(file, `${of}.${name}`), ofAnyObject(name));
    },
    ofValue: (file, name) => at(keyOf(file, name)),
    loadedBy: (file) => loads.get(file) ?? [],
    named: outside.flatMap(({ files }) => files),
  };
}

/** What is declared anywhere, under all names that imports give to it. */
function namesAskedFor(tree: PythonTree): ReadonlySet<string> {
  return new Set(
    [...tree.values()].flatMap(({ declarations, routers, imports }) => [
      ...declarations.map(({ name }) => name),
      ...routers,
      ...imports.filter(({ name, as }) => name !== as).map(({ as }) => as),
    ]),
  );
}

/** What a mention may stand for. */
function keysIn({
  file,
  facts,
  targets,
  modules,
}: {
  file: string;
  facts: PythonFacts;
  targets: readonly string[];
  modules: PythonModules;
}): (mention: PythonMention, asked: ReadonlySet<string>) => string[] {
  const stars = facts.imports
    .filter((each) => each.name === '*')
    .flatMap((each) => modules.filesOf(file, each.module));
  const bound = new Map(facts.imports.map((each) => [each.as, modules.bound(file, each.as)]));
  return ({ name, isAttribute, of, by }, asked) => {
    if (!isAttribute) {
      const own = by?.isClass === true ? [keyOf(file, `${by.name}.${name}`)] : [];
      return [
        keyOf(file, name),
        ...own,
        ...(bound.get(name)?.keys ?? []),
        ...(asked.has(name) ? modules.meant(stars, name) : []),
      ];
    }
    if (!asked.has(name)) return [];
    const receiver = of === null ? null : (bound.get(of) ?? null);
    if (receiver !== null && receiver.modules.length > 0) return [...modules.meant(receiver.modules, name)];
    const any = [ofAnyObject(name), ...(facts.loads === null ? [] : [ofAnyModule(name)])];
    return of === 'self' || of === 'cls' ? any : [...any, ...modules.meant(targets, name)];
  };
}
