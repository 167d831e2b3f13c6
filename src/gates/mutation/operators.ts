/** What can be changed in a program so that a good test notices: one small change each. Pure. */
import type { Json } from '../../core/json.ts';
import { endOf, isNode, isTypeNode, nodeAt, nodesAt, startOf, textAt } from '../reach/syntax.ts';
import { fixedAnswersOf, type FixedRole } from './fixed-answers.ts';

export type MutantKind =
  | 'comparison'
  | 'arithmetic'
  | 'logic'
  | 'condition'
  | 'literal'
  | 'text'
  | 'return'
  | 'statement'
  | 'await';

/** A text in place of a part of the program; offsets in UTF-16 units. */
export interface Edit {
  start: number;
  end: number;
  replacement: string;
  kind: MutantKind;
  /** Of a condition that lets one fixed answer through: which one, and what is made of it. */
  fixed?: { at: number; role: FixedRole };
}

interface Around {
  text: string;
  /** Ancestors, the nearest first. */
  above: readonly Json[];
}

/** Neighbours of a comparison: its boundary, and its opposite. */
const COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '==': ['!='],
  '!=': ['=='],
};
const ARITHMETIC: Readonly<Record<string, string>> = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '**': '*',
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
  '&': '|',
  '|': '&',
  '<<': '>>',
  '>>': '<<',
};
/** What is written for people who look for a fault: hardly a test asks for it. */
const LOGGING =
  /^(?:console|log|logger|debug|debuglog|trace|winston|pino|process\.(?:stdout|stderr|emitWarning))\b|\.(?:log|logger)\./;
const ERRORS = /(?:Error|Exception|error)$/;

/** All changes of a program, in the order of its text. */
export function editsOf(program: Json, text: string): Edit[] {
  const found: Edit[] = [];
  visit(program, { text, above: [] }, found);
  const all = [...found, ...fixedAnswersOf(program, text)];
  const known = new Map<string, Edit>();
  for (const edit of all) {
    const key = `${edit.start} ${edit.end} ${edit.replacement}`;
    // The same change may be seen twice: what knows more of it stays.
    if (!known.has(key) || edit.fixed !== undefined) known.set(key, edit);
  }
  return [...known.values()].toSorted((a, b) => a.start - b.start || a.end - b.end);
}

function visit(node: Json, around: Around, found: Edit[]): void {
  if (isTypeNode(node) || isPassedOver(node, around)) return;
  found.push(...changesAt(node, around));
  const inside = { text: around.text, above: [node, ...around.above] };
  for (const [key, value] of Object.entries(node)) {
    // Names of properties and labels are no code that could be changed.
    if (key === 'key' && node.computed !== true) continue;
    const children = Array.isArray(value) ? value : [value];
    for (const child of children) if (isNode(child)) visit(child, inside, found);
  }
}

/** Code whose change says nothing of the product: what is imported, decorated or logged, and the words of errors. */
function isPassedOver(node: Json, { text, above }: Around): boolean {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'Decorator':
    case 'ImportExpression':
      return true;
    case 'CallExpression':
      return isLogging(node, text) || nodeAt(node, 'callee')?.name === 'require';
    case 'Literal':
    case 'TemplateLiteral':
      return typeof node.value !== 'number' && above[0] !== undefined && isWordOfError(above[0], text);
    default:
      return false;
  }
}

function isLogging(call: Json, text: string): boolean {
  const callee = nodeAt(call, 'callee');
  return callee !== null && LOGGING.test(text.slice(startOf(callee), endOf(callee)));
}

/** `new Error('…')`, `createError('…')`: the number beside it is a status, and changed. */
function isWordOfError(parent: Json, text: string): boolean {
  const callee =
    parent.type === 'NewExpression' || parent.type === 'CallExpression' ? nodeAt(parent, 'callee') : null;
  return callee !== null && ERRORS.test(text.slice(startOf(callee), endOf(callee)));
}

function changesAt(node: Json, around: Around): Edit[] {
  switch (node.type) {
    case 'BinaryExpression':
    case 'AssignmentExpression':
      return changesOfOperator(node, around);
    case 'LogicalExpression':
      return changesOfLogic(node, around);
    case 'UnaryExpression':
      return node.operator === '!' ? [swap(node, partOf(nodeAt(node, 'argument'), around), 'logic')] : [];
    case 'UpdateExpression':
      return isLoopStep(node, around) ? [] : [changeOfUpdate(node, around)];
    case 'IfStatement':
    case 'ConditionalExpression':
      return bothWays(nodeAt(node, 'test'));
    case 'WhileStatement':
    case 'ForStatement':
      // Always true would only run for ever.
      return bothWays(nodeAt(node, 'test')).filter(({ replacement }) => replacement === 'false');
    case 'Literal':
      return changesOfLiteral(node, around);
    case 'TemplateLiteral':
      return nodesAt(node, 'quasis').length > 1 || endOf(node) - startOf(node) > 2
        ? [swap(node, '``', 'text')].filter(() => around.above[0]?.type !== 'TaggedTemplateExpression')
        : [];
    case 'ReturnStatement':
      return changesOfAnswer(nodeAt(node, 'argument'));
    case 'ArrowFunctionExpression':
      return node.expression === true ? changesOfAnswer(nodeAt(node, 'body')) : [];
    case 'ExpressionStatement':
      return changesOfStatement(node, around);
    case 'ThrowStatement':
      return [swap(node, ';', 'statement')];
    case 'AwaitExpression':
      return changesOfAwait(node, around);
    default:
      return [];
  }
}

const swap = (node: Json, replacement: string, kind: MutantKind): Edit => ({
  start: startOf(node),
  end: endOf(node),
  replacement,
  kind,
});

const partOf = (node: Json | null, { text }: Around): string =>
  node === null ? '' : text.slice(startOf(node), endOf(node));

function bothWays(test: Json | null): Edit[] {
  return test === null || test.type === 'Literal'
    ? []
    : [swap(test, 'true', 'condition'), swap(test, 'false', 'condition')];
}

function changesOfOperator(node: Json, around: Around): Edit[] {
  const operator = textAt(node, 'operator') ?? '';
  const [left, right] = [nodeAt(node, 'left'), nodeAt(node, 'right')];
  if (left === null || right === null) return [];
  const put = (with_: string, kind: MutantKind): Edit => {
    const between = around.text.slice(endOf(left), startOf(right));
    const start = endOf(left) + between.lastIndexOf(operator);
    return { start, end: start + operator.length, replacement: with_, kind };
  };
  const compared = COMPARISONS[operator];
  if (compared !== undefined) return compared.map((with_) => put(with_, 'comparison'));
  const counted = ARITHMETIC[operator];
  if (counted === undefined) return [];
  // Texts are put together with `+`, too: `-` would make a number of them that nobody has.
  if (/^\+=?$/.test(operator) && [left, right].some(isText)) return [];
  return [put(counted, 'arithmetic')];
}

const isText = (node: Json): boolean =>
  node.type === 'TemplateLiteral' ||
  (node.type === 'Literal' && typeof node.value === 'string') ||
  (node.type === 'BinaryExpression' && node.operator === '+' && sides(node).some(isText));

const sides = (node: Json): Json[] =>
  [nodeAt(node, 'left'), nodeAt(node, 'right')].filter((each) => each !== null);

/** Each part of a condition may go; of other values (`a || b`), one side is taken. */
function changesOfLogic(node: Json, around: Around): Edit[] {
  const [left, right] = [nodeAt(node, 'left'), nodeAt(node, 'right')];
  if (left === null || right === null) return [];
  if (node.operator === '??') return [swap(node, partOf(left, around), 'logic')];
  const neutral = node.operator === '&&' ? 'true' : 'false';
  if (!isCondition(around.above, node)) return [swap(node, partOf(right, around), 'logic')];
  return [left, right]
    .filter((side) => side.type !== 'LogicalExpression' || side.operator !== node.operator)
    .map((side) => swap(side, neutral, 'condition'));
}

/** Whether what it comes to is only asked for true or false. */
function isCondition(above: readonly Json[], node: Json): boolean {
  const [parent, ...rest] = above;
  if (parent === undefined) return false;
  if (parent.type === 'LogicalExpression') return isCondition(rest, parent);
  if (parent.type === 'ParenthesizedExpression') return isCondition(rest, parent);
  if (parent.type === 'UnaryExpression') return parent.operator === '!';
  return nodeAt(parent, 'test') === node;
}

function isLoopStep(node: Json, { above }: Around): boolean {
  return above[0]?.type === 'ForStatement' && nodeAt(above[0], 'update') === node;
}

function changeOfUpdate(node: Json, around: Around): Edit {
  const argument = partOf(nodeAt(node, 'argument'), around);
  const operator = node.operator === '++' ? '--' : '++';
  return swap(node, node.prefix === true ? `${operator}${argument}` : `${argument}${operator}`, 'arithmetic');
}

function changesOfLiteral(node: Json, { above }: Around): Edit[] {
  const parent = above[0];
  if (parent === undefined || parent.type === 'JSXAttribute') return [];
  // The comparison around it is changed itself.
  if (parent.type === 'BinaryExpression' && COMPARISONS[textAt(parent, 'operator') ?? ''] !== undefined)
    return [];
  if (parent.type === 'ExpressionStatement' || parent.type === 'ExportSpecifier') return [];
  if (typeof node.value === 'boolean') return [swap(node, String(!node.value), 'literal')];
  if (typeof node.value === 'number') return [swap(node, String(node.value + 1), 'literal')];
  return typeof node.value === 'string' && node.value !== '' ? [swap(node, "''", 'text')] : [];
}

/** Literals are changed as such; everything else is not there. */
function changesOfAnswer(answer: Json | null): Edit[] {
  if (answer === null || isPlain(answer)) return [];
  return [swap(answer, 'undefined', 'return')];
}

const isPlain = (node: Json): boolean =>
  node.type === 'Literal' ||
  node.type === 'TemplateLiteral' ||
  (node.type === 'Identifier' && node.name === 'undefined');

const TAKEN_OUT = [
  'CallExpression',
  'AwaitExpression',
  'AssignmentExpression',
  'UpdateExpression',
  'UnaryExpression',
  'YieldExpression',
];

function changesOfStatement(node: Json, { text }: Around): Edit[] {
  let inner = nodeAt(node, 'expression');
  if (inner?.type === 'ChainExpression') inner = nodeAt(inner, 'expression');
  if (inner === null || !TAKEN_OUT.includes(textAt(inner, 'type') ?? '')) return [];
  const call = inner.type === 'AwaitExpression' ? nodeAt(inner, 'argument') : inner;
  if (
    call === null ||
    (call.type === 'CallExpression' && (isLogging(call, text) || nodeAt(call, 'callee')?.type === 'Super'))
  )
    return [];
  return [swap(node, ';', 'statement')];
}

/** `return await x` comes to the same without it. */
function changesOfAwait(node: Json, around: Around): Edit[] {
  const parent = around.above[0]?.type;
  if (parent === 'ReturnStatement' || parent === 'ArrowFunctionExpression') return [];
  return [swap(node, partOf(nodeAt(node, 'argument'), around), 'await')];
}
