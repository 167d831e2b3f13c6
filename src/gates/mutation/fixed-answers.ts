/**
 * Answers that stand in the code as a text or a number, behind a condition that compares with texts or numbers:
 * `if (a === 2 && b === 3) return 5`, `case 2: return 4`. Pure.
 */
import type { Json } from '../../core/json.ts';
import { endOf, isNode, nodeAt, nodesAt, startOf } from '../reach/syntax.ts';
import type { Edit } from './operators.ts';

/** The condition always holds, never does, or loses one of its parts. */
export type FixedRole = 'always' | 'never' | 'part';

/** The edits that tell whether tests ask for more than that answer. */
export function fixedAnswersOf(program: Json, text: string): Edit[] {
  return Object.values(program).flatMap((value) => {
    const nodes = (Array.isArray(value) ? value : [value]).filter(isNode);
    return nodes.flatMap((node, index) => [
      ...editsOfBranch(node, nodes[index + 1]),
      ...editsOfSwitch(node, text),
      ...fixedAnswersOf(node, text),
    ]);
  });
}

/** A case that compares with what is asked about holds always. Without a `default`, the last one may be all that is left. */
function editsOfSwitch(node: Json, text: string): Edit[] {
  const asked = node.type === 'SwitchStatement' ? nodeAt(node, 'discriminant') : null;
  const cases = nodesAt(node, 'cases');
  const rest = cases.find((each) => nodeAt(each, 'test') === null);
  if (asked === null || rest === undefined || isRefusal(nodesAt(rest, 'consequent')[0])) return [];
  return cases.flatMap((each) => {
    const test = nodeAt(each, 'test');
    const [only] = nodesAt(each, 'consequent');
    const answer = only === undefined ? null : answerOf(only);
    if (test === null || answer === null || !isFixed(test) || !isFixed(answer)) return [];
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
function editsOfBranch(node: Json, next: Json | undefined): Edit[] {
  if (node.type !== 'IfStatement' && node.type !== 'ConditionalExpression') return [];
  const [test, consequent] = [nodeAt(node, 'test'), nodeAt(node, 'consequent')];
  if (test === null || consequent === null) return [];
  const answer = node.type === 'IfStatement' ? answerOf(consequent) : consequent;
  const parts = partsOf(test);
  if (answer === null || !isFixed(answer) || !parts.every(comparesWithFixed)) return [];
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

/** What a branch returns where it does nothing else. */
function answerOf(branch: Json): Json | null {
  if (branch.type === 'ReturnStatement') return nodeAt(branch, 'argument');
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

function comparesWithFixed(part: Json): boolean {
  if (part.type !== 'BinaryExpression' || !/^===?$/.test(String(part.operator))) return false;
  const sides = [nodeAt(part, 'left'), nodeAt(part, 'right')];
  return sides.filter((side) => side !== null && isFixed(side)).length === 1;
}

/** Truth, `null` and the empty text are how people answer that there is nothing; they are none. */
function isFixed(given: Json): boolean {
  const node = withoutParentheses(given);
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'number' || (typeof node.value === 'string' && node.value !== '');
    case 'UnaryExpression': {
      const argument = nodeAt(node, 'argument');
      return node.operator === '-' && argument !== null && isFixed(argument);
    }
    case 'TemplateLiteral':
      return nodesAt(node, 'expressions').length === 0;
    case 'ArrayExpression':
      return nodesAt(node, 'elements').length > 0 && nodesAt(node, 'elements').every(isFixed);
    case 'ObjectExpression': {
      const values = nodesAt(node, 'properties').map((property) => nodeAt(property, 'value'));
      return values.length > 0 && values.every((value) => value !== null && isFixed(value));
    }
    default:
      return false;
  }
}

function withoutParentheses(node: Json): Json {
  const inner = node.type === 'ParenthesizedExpression' ? nodeAt(node, 'expression') : null;
  return inner === null ? node : withoutParentheses(inner);
}
