/** Modules that code asks for while it runs: `require(…)` and `import(…)`. */
import { isObject, type Json } from '../../core/json.ts';
import { nodeAt, nodesAt, textAt } from './syntax.ts';

export interface Request {
  /** null: known at run time only. */
  specifier: string | null;
  /** What it begins with, where the rest is known at run time only. */
  prefix: string | null;
}

/** null: no request. */
export function requestOf(node: Json): Request | null {
  if (node.type === 'ImportExpression') return toRequest(nodeAt(node, 'source'));
  if (node.type !== 'CallExpression') return null;
  const callee = nodeAt(node, 'callee');
  if (callee?.type !== 'Identifier' || callee.name !== 'require') return null;
  return toRequest(nodesAt(node, 'arguments')[0] ?? null);
}

/** The request in a value: behind `await`, in brackets. */
export function requestIn(node: Json | null): { node: Json; request: Request } | null {
  if (node === null) return null;
  if (
    node.type === 'AwaitExpression' ||
    node.type === 'ParenthesizedExpression' ||
    node.type === 'TSAsExpression'
  )
    return requestIn(nodeAt(node, node.type === 'AwaitExpression' ? 'argument' : 'expression'));
  const request = requestOf(node);
  return request === null ? null : { node, request };
}

function toRequest(source: Json | null): Request {
  if (source?.type === 'Literal') return { specifier: textAt(source, 'value'), prefix: null };
  if (source?.type !== 'TemplateLiteral') return { specifier: null, prefix: null };
  const first = nodesAt(source, 'quasis')[0]?.value;
  const text = isObject(first) && typeof first.cooked === 'string' ? first.cooked : '';
  return nodesAt(source, 'expressions').length === 0
    ? { specifier: text, prefix: null }
    : { specifier: null, prefix: text };
}

/** The names that a pattern takes out of a module; null: it may take any. */
export function namesTaken(pattern: Json): string[] | null {
  if (pattern.type !== 'ObjectPattern') return null;
  const names: string[] = [];
  for (const property of nodesAt(pattern, 'properties')) {
    const key = property.type === 'Property' && property.computed !== true ? nodeAt(property, 'key') : null;
    const name = key === null ? null : (textAt(key, 'name') ?? textAt(key, 'value'));
    if (name === null) return null;
    names.push(name);
  }
  return names;
}
