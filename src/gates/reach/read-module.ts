/** Reads a module of JavaScript or TypeScript: what it exports, and what of others it uses. */
import type { Json } from '../../core/json.ts';
import { ALL, looseFacts, type ExportFact, type ModuleFacts, type ModuleUse } from './module-facts.ts';
import { readExports, type Exports } from './read-exports.ts';
import { readMentions, type Mentions } from './read-mentions.ts';
import { nameOf, nodeAt, nodesAt, textAt } from './syntax.ts';

/** The syntax tree of a text; null: it is none of the language. */
export type Parse = (path: string, text: string) => Json | null;

interface Binding extends ModuleUse {
  local: string;
}

export function readModule(path: string, text: string, parse: Parse): ModuleFacts {
  const program = parse(path, text);
  if (program === null) return looseFacts(text);
  const imports = readImports(program);
  const exports = readExports(program);
  const mentions = readMentions(program, exports.lists);
  for (const [local, specifier] of mentions.modules) imports.bindings.push({ local, specifier, name: ALL });
  const passedOn = passOn(exports, imports.bindings);
  const uses = [...mentions.uses, ...usesOf(imports.bindings, mentions)];
  const forwards = [...exports.forwards, ...passedOn.forwards];
  return {
    loads: [...new Set([...imports.specifiers, ...[...uses, ...forwards].map(({ specifier }) => specifier)])],
    uses,
    forwards,
    exports: passedOn.own.map((each) => toFact(each, { exports, mentions, text })),
    paths: [...new Set(mentions.paths)],
    prefixes: [...new Set(mentions.prefixes)],
    isCode: exports.isCode,
    commonjs: exports.commonjs,
  };
}

function readImports(program: Json): { specifiers: string[]; bindings: Binding[] } {
  const specifiers: string[] = [];
  const bindings: Binding[] = [];
  for (const statement of nodesAt(program, 'body')) {
    if (statement.type !== 'ImportDeclaration' || statement.importKind === 'type') continue;
    const source = nodeAt(statement, 'source');
    const specifier = source === null ? null : textAt(source, 'value');
    if (specifier === null) continue;
    const named = nodesAt(statement, 'specifiers');
    const code = named.filter((each) => each.importKind !== 'type');
    if (named.length === 0 || code.length > 0) specifiers.push(specifier);
    for (const each of code) {
      const name =
        each.type === 'ImportNamespaceSpecifier'
          ? ALL
          : each.type === 'ImportDefaultSpecifier'
            ? 'default'
            : nameOf(nodeAt(each, 'imported'));
      const local = nameOf(nodeAt(each, 'local'));
      if (name !== null && local !== null) bindings.push({ local, specifier, name });
    }
  }
  return { specifiers, bindings };
}

/** What is imported and mentioned nowhere is not used. */
function usesOf(bindings: readonly Binding[], mentions: Mentions): ModuleUse[] {
  return bindings.flatMap(({ local, specifier, name }) => {
    const plain = mentions.plain.has(local) || (mentions.hasDecorators && mentions.inTypes.has(local));
    const members = mentions.members.get(local) ?? [];
    if (name !== ALL) return plain || members.length > 0 ? [{ specifier, name }] : [];
    // The name's own declaration is where `require` puts it.
    const isRequired = mentions.modules.get(local) === specifier;
    const places = mentions.plain.get(local) ?? [];
    if (isRequired ? places.length > 1 : plain) return [{ specifier, name: ALL }];
    return members.map((member) => ({ specifier, name: member.name }));
  });
}

/** An export of something imported is the other module's. */
function passOn(
  { exported, declared }: Exports,
  bindings: readonly Binding[],
): { own: Exports['exported']; forwards: ModuleFacts['forwards'] } {
  const imported = new Map(bindings.map((binding) => [binding.local, binding]));
  const own: Exports['exported'] = [];
  const forwards: ModuleFacts['forwards'] = [];
  for (const each of exported) {
    const from = each.local === null ? undefined : imported.get(each.local);
    if (from !== undefined)
      forwards.push({ exported: each.name, specifier: from.specifier, name: from.name });
    // A name that is declared nowhere as code is a type's, or the surroundings'.
    else if (each.local === null || declared.has(each.local)) own.push(each);
  }
  return { own, forwards };
}

function toFact(
  { name, local, at }: Exports['exported'][number],
  { exports, mentions, text }: { exports: Exports; mentions: Mentions; text: string },
): ExportFact {
  const declared = local === null ? undefined : exports.declared.get(local);
  const isOutside = (place: number): boolean =>
    declared === undefined || place < declared.from || place >= declared.to;
  const places = local === null ? [] : (mentions.plain.get(local) ?? []);
  const members = local === null ? [] : (mentions.members.get(local) ?? []);
  const own = mentions.members.get('exports') ?? [];
  const used =
    places.some(isOutside) ||
    members.some((member) => isOutside(member.at)) ||
    (exports.commonjs && own.some((member) => member.name === name));
  return { name, local, line: lineOf(text, declared?.from ?? at), used };
}

function lineOf(text: string, at: number): number {
  let line = 1;
  for (let next = text.indexOf('\n'); next !== -1 && next < at; next = text.indexOf('\n', next + 1))
    line += 1;
  return line;
}
