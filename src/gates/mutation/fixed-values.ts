/** What stands in the code as a text or a number, also under a name or in a table, and how it is asked for. Pure. */
import type { Json } from '../../core/json.ts';
import { childrenOf, nodeAt, nodesAt, textAt } from '../reach/syntax.ts';

/** Names that are given such a value once. */
export interface KnownValues {
  values: ReadonlySet<string>;
  /** Objects, lists, maps and sets of nothing else. */
  tables: ReadonlySet<string>;
}

const NONE: KnownValues = { values: new Set(), tables: new Set() };

/** By name, wherever it is declared: a name that means two things is hardly both. */
export function knownIn(program: Json): KnownValues {
  const values = new Set<string>();
  const tables = new Set<string>();
  const stack = [program];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    stack.push(...childrenOf(node));
    if (node.type !== 'VariableDeclaration' || node.kind !== 'const') continue;
    for (const each of nodesAt(node, 'declarations')) {
      const name = textAt(nodeAt(each, 'id') ?? {}, 'name');
      const value = nodeAt(each, 'init');
      if (name === null || value === null) continue;
      if (isTable(value)) tables.add(name);
      else if (isFixed(value, NONE)) values.add(name);
    }
  }
  return { values, tables };
}

/** Truth, `null` and the empty text are how people answer that there is nothing; they are none. */
export function isFixed(given: Json, known: KnownValues): boolean {
  const node = plain(given);
  const areFixed = (nodes: (Json | null)[]): boolean =>
    nodes.length > 0 && nodes.every((each) => each !== null && isFixed(each, known));
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'number' || (typeof node.value === 'string' && node.value !== '');
    case 'Identifier':
      return known.values.has(textAt(node, 'name') ?? '');
    case 'UnaryExpression':
      return node.operator === '-' && areFixed([nodeAt(node, 'argument')]);
    case 'TemplateLiteral':
      return nodesAt(node, 'expressions').length === 0;
    case 'ArrayExpression':
      return areFixed(nodesAt(node, 'elements'));
    case 'ObjectExpression':
      return areFixed(nodesAt(node, 'properties').map((property) => nodeAt(property, 'value')));
    default:
      return false;
  }
}

/** `answers[n]`, `answers.get(n)` */
export function isFromTable(given: Json, known: KnownValues): boolean {
  const node = plain(given);
  const inner = node.type === 'ChainExpression' ? nodeAt(node, 'expression') : node;
  if (inner === null) return false;
  if (inner.type === 'MemberExpression' && inner.computed === true) {
    const index = nodeAt(inner, 'property');
    return isNamedTable(nodeAt(inner, 'object'), known) && index !== null && !isFixed(index, known);
  }
  const call = methodOf(inner);
  return call?.name === 'get' && isNamedTable(call.of, known);
}

/** `n in answers`, `[2, 3].includes(n)`, `answers.has(n)`, `Object.is(n, 2)`, `Object.hasOwn(answers, n)` */
export function looksUp(given: Json, known: KnownValues): boolean {
  const node = plain(given);
  if (node.type === 'BinaryExpression')
    return node.operator === 'in' && isNamedTable(nodeAt(node, 'right'), known);
  const call = methodOf(node);
  if (call === null) return false;
  const { of, name, given: values } = call;
  const [first, second] = values;
  if (textAt(of, 'name') === 'Object') {
    if (name === 'is') return values.filter((each) => isFixed(each, known)).length === 1;
    return name === 'hasOwn' && first !== undefined && second !== undefined && isNamedTable(first, known);
  }
  if (first === undefined || isFixed(first, known)) return false;
  if (name === 'includes') return isTable(of) || isNamedTable(of, known);
  return (name === 'has' || name === 'hasOwnProperty') && (isTable(of) || isNamedTable(of, known));
}

const isNamedTable = (node: Json | null, known: KnownValues): boolean =>
  node !== null && (known.tables.has(textAt(plain(node), 'name') ?? '') || isTable(node));

/** An object, a list, a map or a set, frozen or not, of nothing but texts and numbers. */
function isTable(given: Json): boolean {
  const node = plain(given);
  if (node.type === 'ArrayExpression' || node.type === 'ObjectExpression') return isFixed(node, NONE);
  const [first] = nodesAt(node, 'arguments');
  if (first === undefined) return false;
  if (node.type === 'NewExpression')
    return /^(?:Map|Set)$/.test(textAt(nodeAt(node, 'callee') ?? {}, 'name') ?? '') && isTable(first);
  const call = methodOf(node);
  return call !== null && textAt(call.of, 'name') === 'Object' && call.name === 'freeze' && isTable(first);
}

function methodOf(node: Json): { of: Json; name: string; given: Json[] } | null {
  const callee = node.type === 'CallExpression' ? nodeAt(node, 'callee') : null;
  const of =
    callee?.type === 'MemberExpression' && callee.computed !== true ? nodeAt(callee, 'object') : null;
  const name = callee === null ? null : textAt(nodeAt(callee, 'property') ?? {}, 'name');
  return of === null || name === null ? null : { of, name, given: nodesAt(node, 'arguments') };
}

/** Without brackets and what TypeScript says of it. */
function plain(node: Json): Json {
  const isWrapped =
    /^(?:ParenthesizedExpression|TSAsExpression|TSSatisfiesExpression|TSNonNullExpression)$/.test(
      String(node.type),
    );
  const inner = isWrapped ? nodeAt(node, 'expression') : null;
  return inner === null ? node : plain(inner);
}
