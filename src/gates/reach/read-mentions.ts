/** Which names a module's code mentions where, and which modules it asks for while it runs. */
import type { Json } from '../../core/json.ts';
import { ALL, type ModuleUse } from './module-facts.ts';
import { namesTaken, requestIn, requestOf } from './read-requests.ts';
import { boundNames, childrenOf, isTypeNode, nameOf, nodeAt, nodesAt, startOf, textAt } from './syntax.ts';

export interface Mentions {
  /** Places of a name by itself. */
  plain: Map<string, number[]>;
  /** Places of a name by what is taken from it. */
  members: Map<string, { name: string; at: number }[]>;
  /** Names in types. A decorator's metadata makes code of them. */
  inTypes: Map<string, number[]>;
  hasDecorators: boolean;
  uses: ModuleUse[];
  /** Names that stand for a whole module. */
  modules: Map<string, string>;
  paths: string[];
  prefixes: string[];
}

const PATH_LIKE = /^(?:\.{1,2}\/[\w@./-]+|[\w@./-]+\.[cm]?[jt]sx?)$/;
const PASSED_ON = new Set(['ImportDeclaration', 'ExportAllDeclaration', 'ExportSpecifier']);

/** `skip`: nodes that say what is exported, and use nothing. */
export function readMentions(program: Json, skip: ReadonlySet<Json>): Mentions {
  const found: Mentions = {
    plain: new Map(),
    members: new Map(),
    inTypes: new Map(),
    hasDecorators: false,
    uses: [],
    modules: new Map(),
    paths: [],
    prefixes: [],
  };
  const stack: { node: Json; inType: boolean }[] = [{ node: program, inType: false }];
  const answered = new Set<Json>();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node } = next;
    if (skip.has(node) || PASSED_ON.has(String(node.type))) continue;
    const inType = next.inType || isTypeNode(node);
    if (node.type === 'Decorator') found.hasDecorators = true;
    if (!inType) answerRequests(node, found, answered);
    if (!inType && requestOf(node) !== null) {
      if (!answered.has(node)) noteRequest(node, ALL, found);
      continue;
    }
    const rest = noteNames(node, inType, found);
    for (const child of rest) stack.push({ node: child, inType });
  }
  return found;
}

/** Requests whose answer is taken apart at once. */
function answerRequests(node: Json, found: Mentions, answered: Set<Json>): void {
  if (node.type === 'VariableDeclarator') {
    const asked = requestIn(nodeAt(node, 'init'));
    const id = nodeAt(node, 'id');
    if (asked === null || id === null) return;
    const names = namesTaken(id);
    if (names === null && id.type !== 'Identifier') return;
    answered.add(asked.node);
    const { specifier } = asked.request;
    if (names !== null) for (const name of names) noteRequest(asked.node, name, found);
    else if (specifier === null) noteRequest(asked.node, ALL, found);
    else for (const name of boundNames(id)) found.modules.set(name, specifier);
  }
  if (node.type === 'MemberExpression' && node.computed !== true) {
    const asked = requestIn(nodeAt(node, 'object'));
    const name = nameOf(nodeAt(node, 'property'));
    if (asked === null || name === null) return;
    answered.add(asked.node);
    // Of a promise nothing is taken.
    const isPromise = nodeAt(node, 'object')?.type === 'ImportExpression';
    noteRequest(asked.node, isPromise ? ALL : name, found);
  }
}

function noteRequest(node: Json, name: string, found: Mentions): void {
  const request = requestOf(node);
  if (request === null) return;
  if (request.specifier !== null) found.uses.push({ specifier: request.specifier, name });
  else if (request.prefix !== null) found.prefixes.push(request.prefix);
}

/** Notes what the node names, and returns what is left to look at. */
function noteNames(node: Json, inType: boolean, found: Mentions): Json[] {
  const plain = inType ? found.inTypes : found.plain;
  switch (node.type) {
    case 'Identifier':
    case 'JSXIdentifier':
      add(plain, textAt(node, 'name') ?? '', startOf(node));
      return childrenOf(node);
    case 'Literal': {
      const text = textAt(node, 'value');
      if (text !== null && !inType && PATH_LIKE.test(text)) found.paths.push(text);
      return [];
    }
    case 'MemberExpression':
    case 'JSXMemberExpression': {
      const object = nodeAt(node, 'object');
      const property = nodeAt(node, 'property');
      if (node.computed === true) return childrenOf(node);
      if (object?.type !== 'Identifier' && object?.type !== 'JSXIdentifier')
        return object === null ? [] : [object];
      const name = textAt(object, 'name') ?? '';
      const members = found.members.get(name) ?? [];
      members.push({ name: nameOf(property) ?? ALL, at: startOf(object) });
      found.members.set(name, members);
      return [];
    }
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'AccessorProperty':
    case 'TSEnumMember':
      return node.computed === true
        ? childrenOf(node)
        : childrenOf(node).filter((child) => child !== nodeAt(node, 'key') && child !== nodeAt(node, 'id'));
    case 'TSImportEqualsDeclaration':
      return noteImportEquals(node, found);
    case 'ExportNamedDeclaration':
      return nodesAt(node, 'specifiers').length > 0 ? [] : childrenOf(node);
    default:
      return childrenOf(node);
  }
}

/** `import x = require('y')` */
function noteImportEquals(node: Json, found: Mentions): Json[] {
  const reference = nodeAt(node, 'moduleReference');
  const source = reference === null ? null : nodeAt(reference, 'expression');
  const name = nameOf(nodeAt(node, 'id'));
  const specifier = source === null ? null : textAt(source, 'value');
  if (specifier !== null && name !== null && node.importKind !== 'type') found.modules.set(name, specifier);
  return specifier === null && reference !== null ? [reference] : [];
}

function add(places: Map<string, number[]>, name: string, at: number): void {
  const known = places.get(name);
  if (known === undefined) places.set(name, [at]);
  else known.push(at);
}
