/**
 * Answers that stand in the code as a text or a number, behind a condition that compares with texts or numbers:
 * `if (a === 2 && b === 3) return 5`, `case 2: return 4`, `answers[n] ?? other(n)`. Pure.
 */
import type { Json } from '../../core/json.ts';
import { endOf, isNode, nodeAt, nodesAt, startOf } from '../reach/syntax.ts';
import { isFixed, isFromTable, knownIn, looksUp, type KnownValues } from './fixed-values.ts';
import type { Edit } from './operators.ts';

/** The condition always holds, never does, or loses one of its parts. */
export type FixedRole = 'always' | 'never' | 'part';

/** The edits that tell whether tests ask for more than that answer. */
export function fixedAnswersOf(program: Json, text: string): Edit[] {
  return answersIn(program, { text, known: knownIn(program) });
}

interface Source {
  text: string;
  known: KnownValues;
}

function answersIn(parent: Json, source: Source): Edit[] {
  return Object.values(parent).flatMap((value) => {
    const nodes = (Array.isArray(value) ? value : [value]).filter(isNode);
    return nodes.flatMap((node, index) => [
      ...editsOfBranch(node, nodes[index + 1], source),
      ...editsOfSwitch(node, source),
      ...editsOfTable(node, source),
      ...answersIn(node, source),
    ]);
  });
}

/** `answers[n] ?? other(n)`: tests ask for what the table has, and never for what is computed. */
function editsOfTable(node: Json, { known }: Source): Edit[] {
  if (node.type !== 'LogicalExpression' || (node.operator !== '??' && node.operator !== '||')) return [];
  const [left, right] = [nodeAt(node, 'left'), nodeAt(node, 'right')];
  if (left === null || right === null || !isFromTable(left, known) || !holdsCall(right)) return [];
  const swap = (part: Json, replacement: string, role: FixedRole): Edit => ({
    start: startOf(part),
    end: endOf(part),
    replacement,
    kind: 'condition',
    fixed: { at: startOf(node), role },
  });
  return [swap(right, 'undefined', 'always'), swap(left, 'undefined', 'never')];
}

const holdsCall = (node: Json): boolean =>
  node.type === 'CallExpression' ||
  node.type === 'BinaryExpression' ||
  (node.type === 'AwaitExpression' && isNode(node.argument)) ||
  (node.type === 'ParenthesizedExpression' && isNode(node.expression) && holdsCall(node.expression));

/** A case that compares with what is asked about holds always. Without a `default`, the last one may be all that is left. */
function editsOfSwitch(node: Json, { text, known }: Source): Edit[] {
  const asked = node.type === 'SwitchStatement' ? nodeAt(node, 'discriminant') : null;
  const cases = nodesAt(node, 'cases');
  const rest = cases.find((each) => nodeAt(each, 'test') === null);
  if (asked === null || rest === undefined || isRefusal(nodesAt(rest, 'consequent')[0])) return [];
  return cases.flatMap((each) => {
    const test = nodeAt(each, 'test');
    const [only] = nodesAt(each, 'consequent');
    const answer = only === undefined ? null : answerOf(only);
    if (test === null || answer === null || !isFixed(test, known) || !isFixed(answer, known)) return [];
    const swap = (replacement: string, role: FixedRole): Edit => ({
      start: startOf(test),
      end: endOf(test),
      replacement,
      kind: 'condition',
      fixed: { at: startOf(test), role },
    });
    return [swap(text.slice(startOf(asked), endOf(asked)), 'always'), swap('Symbol()', 'never')];
  });
}

/** `next`: the statement behind it. */
function editsOfBranch(node: Json, next: Json | undefined, { known }: Source): Edit[] {
  if (node.type !== 'IfStatement' && node.type !== 'ConditionalExpression') return [];
  const [test, consequent] = [nodeAt(node, 'test'), nodeAt(node, 'consequent')];
  if (test === null || consequent === null) return [];
  const answer = node.type === 'IfStatement' ? answerOf(consequent) : consequent;
  const parts = partsOf(test);
  const isAnswer = answer !== null && (isFixed(answer, known) || isFromTable(answer, known));
  if (!isAnswer || !parts.every((part) => comparesWithFixed(part, known))) return [];
  const swap = (part: Json, replacement: string, role: FixedRole): Edit => ({
    start: startOf(part),
    end: endOf(part),
    replacement,
    kind: 'condition',
    fixed: { at: startOf(test), role },
  });
  const taken = parts.length > 1 ? parts.map((part) => swap(part, 'true', 'part')) : [];
  // Where everything else is refused, the last kind of all may well be taken for granted.
  const always = isRefusal(nodeAt(node, 'alternate') ?? next) ? [] : [swap(test, 'true', 'always')];
  return [...always, swap(test, 'false', 'never'), ...taken];
}

function isRefusal(node: Json | undefined): boolean {
  if (node?.type === 'BlockStatement') return isRefusal(nodesAt(node, 'body')[0]);
  return node?.type === 'ThrowStatement';
}

/** What a branch returns, or puts into a name, where it does nothing else. */
function answerOf(branch: Json): Json | null {
  if (branch.type === 'ReturnStatement') return nodeAt(branch, 'argument');
  if (branch.type === 'ExpressionStatement') {
    const put = nodeAt(branch, 'expression');
    const isPut = put?.type === 'AssignmentExpression' && put.operator === '=';
    return isPut && nodeAt(put, 'left')?.type === 'Identifier' ? nodeAt(put, 'right') : null;
  }
  const [only, ...more] = branch.type === 'BlockStatement' ? nodesAt(branch, 'body') : [];
  return only === undefined || more.length > 0 ? null : answerOf(only);
}

function partsOf(test: Json): Json[] {
  const inner = withoutParentheses(test);
  if (inner.type !== 'LogicalExpression' || inner.operator !== '&&') return [inner];
  return [nodeAt(inner, 'left'), nodeAt(inner, 'right')].flatMap((side) =>
    side === null ? [] : partsOf(side),
  );
}

function comparesWithFixed(part: Json, known: KnownValues): boolean {
  const node = withoutParentheses(part);
  const sides = [nodeAt(node, 'left'), nodeAt(node, 'right')].filter((side) => side !== null);
  if (node.type === 'LogicalExpression')
    return node.operator === '||' && sides.every((side) => comparesWithFixed(side, known));
  if (node.type === 'BinaryExpression' && /^===?$/.test(String(node.operator)))
    return sides.filter((side) => isFixed(side, known)).length === 1;
  return looksUp(node, known);
}

function withoutParentheses(node: Json): Json {
  const inner = node.type === 'ParenthesizedExpression' ? nodeAt(node, 'expression') : null;
  return inner === null ? node : withoutParentheses(inner);
}
