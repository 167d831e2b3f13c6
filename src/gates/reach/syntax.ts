/** Looks into a syntax tree (ESTree with TypeScript) without knowing all of its nodes. */
import { isObject, type Json } from '../../core/json.ts';

/** Nodes of TypeScript that are code, or have code in them. Everything else of its own is types. */
const CODE_OF_TYPESCRIPT = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'TSEnumDeclaration',
  'TSEnumBody',
  'TSEnumMember',
  'TSModuleDeclaration',
  'TSModuleBlock',
  'TSParameterProperty',
  'TSExportAssignment',
  'TSImportEqualsDeclaration',
  'TSExternalModuleReference',
]);

export function isTypeNode(node: Json): boolean {
  return typeof node.type === 'string' && node.type.startsWith('TS') && !CODE_OF_TYPESCRIPT.has(node.type);
}

export function nodeAt(node: Json, key: string): Json | null {
  const value = node[key];
  return isObject(value) ? value : null;
}

export function nodesAt(node: Json, key: string): Json[] {
  const value = node[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function textAt(node: Json, key: string): string | null {
  const value = node[key];
  return typeof value === 'string' ? value : null;
}

export function startOf(node: Json): number {
  return typeof node.start === 'number' ? node.start : 0;
}

export function endOf(node: Json): number {
  return typeof node.end === 'number' ? node.end : 0;
}

/** An identifier's name, or the text of a name in quotes. */
export function nameOf(node: Json | null): string | null {
  return node === null ? null : (textAt(node, 'name') ?? textAt(node, 'value'));
}

/** All nodes directly below, in no order that matters. */
export function childrenOf(node: Json): Json[] {
  const children: Json[] = [];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) children.push(...value.filter(isNode));
    else if (isNode(value)) children.push(value);
  }
  return children;
}

export const isNode = (value: unknown): value is Json => isObject(value) && typeof value.type === 'string';

/** The names that a pattern binds. */
export function boundNames(pattern: Json | null): string[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [textAt(pattern, 'name') ?? ''];
    case 'ObjectPattern':
      return nodesAt(pattern, 'properties').flatMap((each) =>
        boundNames(nodeAt(each, each.type === 'RestElement' ? 'argument' : 'value')),
      );
    case 'ArrayPattern':
      return nodesAt(pattern, 'elements').flatMap((each) => boundNames(each));
    case 'AssignmentPattern':
      return boundNames(nodeAt(pattern, 'left'));
    case 'RestElement':
      return boundNames(nodeAt(pattern, 'argument'));
    default:
      return [];
  }
}

/** The names that a statement declares as code. */
export function declaredNames(statement: Json): string[] {
  if (statement.declare === true) return [];
  switch (statement.type) {
    case 'VariableDeclaration':
      return nodesAt(statement, 'declarations').flatMap((each) => boundNames(nodeAt(each, 'id')));
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
    case 'TSEnumDeclaration':
    case 'TSModuleDeclaration':
      return boundNames(nodeAt(statement, 'id'));
    default:
      return [];
  }
}
