/** The functions that a change adds or enters: those with a changed line in their body. Pure but for the parser. */
import type { Json } from '../../core/json.ts';
import type { Parse } from '../reach/read-module.ts';
import { childrenOf, endOf, isTypeNode, nameOf, nodeAt, startOf } from '../reach/syntax.ts';

export interface ChangedFunction {
  path: string;
  name: string;
  line: number;
  lastLine: number;
  /** Offsets in UTF-16 units; of a method those of what stands behind its name. */
  start: number;
  end: number;
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** Each changed line belongs to the innermost function around it. null: the file cannot be parsed. */
export function changedFunctions(
  { path, text, lines }: { path: string; text: string; lines: ReadonlySet<number> },
  parse: Parse,
): ChangedFunction[] | null {
  const all = allFunctions(path, text, parse);
  if (all === null) return null;
  const entered = [...lines].flatMap((line) => {
    const around = all.filter((each) => each.line <= line && line <= each.lastLine);
    return around.toSorted((a, b) => a.end - a.start - (b.end - b.start)).slice(0, 1);
  });
  return [...new Set(entered)].toSorted((a, b) => a.start - b.start);
}

/** All functions of a text with a body, outer ones first. null: it cannot be parsed. */
export function allFunctions(path: string, text: string, parse: Parse): ChangedFunction[] | null {
  const program = parse(path, text);
  if (program === null) return null;
  const all: ChangedFunction[] = [];
  const visit = (node: Json, given: string | null): void => {
    if (isTypeNode(node)) return;
    const body = nodeAt(node, 'body');
    if (FUNCTIONS.has(String(node.type)) && body !== null) {
      const [start, end] = [startOf(node), endOf(node)];
      const name = nameOf(nodeAt(node, 'id')) ?? given ?? 'a function';
      all.push({ path, name, line: lineAt(text, start), lastLine: lineAt(text, end), start, end });
    }
    const own = nameOf(nodeAt(node, 'key') ?? nodeAt(node, 'id'));
    for (const child of childrenOf(node)) visit(child, own);
  };
  visit(program, null);
  return all.toSorted((a, b) => a.start - b.start);
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
