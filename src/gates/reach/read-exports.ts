/** What a module exports, by its top-level statements: declarations, lists, CommonJS assignments. */
import type { Json } from '../../core/json.ts';
import { ALL, type Forward } from './module-facts.ts';
import {
  boundNames,
  declaredNames,
  endOf,
  isTypeNode,
  nameOf,
  nodeAt,
  nodesAt,
  startOf,
  textAt,
} from './syntax.ts';

export interface Exported {
  name: string;
  local: string | null;
  at: number;
}

export interface Exports {
  exported: Exported[];
  forwards: Forward[];
  /** Nodes that only say what is exported. */
  lists: Set<Json>;
  /** Where names are declared at the top, as code. */
  declared: Map<string, { from: number; to: number }>;
  isCode: boolean;
  commonjs: boolean;
}

const NO_CODE = new Set(['ImportDeclaration', 'ExportAllDeclaration', 'EmptyStatement']);

export function readExports(program: Json): Exports {
  const found: Exports = {
    exported: [],
    forwards: [],
    lists: new Set(),
    declared: new Map(),
    isCode: false,
    commonjs: false,
  };
  for (const statement of nodesAt(program, 'body')) readStatement(statement, found);
  return found;
}

function readStatement(statement: Json, found: Exports): void {
  switch (statement.type) {
    case 'ExportAllDeclaration':
      if (statement.exportKind !== 'type') {
        const specifier = sourceOf(statement);
        const exported = nameOf(nodeAt(statement, 'exported')) ?? ALL;
        if (specifier !== null) found.forwards.push({ exported, specifier, name: ALL });
      }
      return;
    case 'ExportNamedDeclaration':
      return readNamed(statement, found);
    case 'ExportDefaultDeclaration':
      return readDefault(statement, nodeAt(statement, 'declaration'), found);
    case 'TSExportAssignment':
      found.commonjs = true;
      return readDefault(statement, nodeAt(statement, 'expression'), found);
    case 'ExpressionStatement':
      found.isCode ||= textAt(statement, 'directive') === null;
      return readAssignment(nodeAt(statement, 'expression'), found);
    default:
      declare(statement, statement, found);
      found.isCode ||=
        !NO_CODE.has(String(statement.type)) && !isTypeNode(statement) && statement.declare !== true;
  }
}

function declare(declaration: Json, statement: Json, found: Exports): string[] {
  const names = declaredNames(declaration);
  for (const name of names) {
    // A function's overloads are one.
    const before = found.declared.get(name);
    const from = Math.min(before?.from ?? Infinity, startOf(statement));
    found.declared.set(name, { from, to: Math.max(before?.to ?? 0, endOf(statement)) });
  }
  return names;
}

function readNamed(statement: Json, found: Exports): void {
  const declaration = nodeAt(statement, 'declaration');
  if (declaration !== null) {
    const names = declare(declaration, statement, found);
    found.isCode ||= names.length > 0;
    for (const name of names) found.exported.push({ name, local: name, at: startOf(statement) });
    return;
  }
  if (statement.exportKind === 'type') return;
  const source = sourceOf(statement);
  for (const each of nodesAt(statement, 'specifiers')) {
    const [local, name] = [nameOf(nodeAt(each, 'local')), nameOf(nodeAt(each, 'exported'))];
    if (each.exportKind === 'type' || local === null || name === null) continue;
    if (source === null) found.exported.push({ name, local, at: startOf(each) });
    else found.forwards.push({ exported: name, specifier: source, name: local });
  }
}

function readDefault(statement: Json, value: Json | null, found: Exports): void {
  if (value === null || isTypeNode(value)) return;
  const at = startOf(statement);
  if (value.type === 'Identifier') {
    found.lists.add(statement);
    found.exported.push({ name: 'default', local: textAt(value, 'name'), at });
    return;
  }
  found.isCode = true;
  const [local = null] = declare(value, statement, found);
  found.exported.push({ name: 'default', local, at });
}

/** `exports.a = …`, `module.exports.a = …`, `module.exports = …`, also several in a row. */
function readAssignment(expression: Json | null, found: Exports): void {
  if (expression?.type !== 'AssignmentExpression') return;
  const left = nodeAt(expression, 'left');
  const right = nodeAt(expression, 'right');
  if (left?.type !== 'MemberExpression' || left.computed === true) return;
  const object = nodeAt(left, 'object');
  const name = nameOf(nodeAt(left, 'property'));
  const whole = isModuleExports(left);
  if (!whole && !(object !== null && (isModuleExports(object) || isExports(object)))) return;
  found.commonjs = true;
  found.lists.add(left);
  if (whole) readWhole(expression, right, found);
  else if (name !== null && name !== '__esModule') {
    const local = right?.type === 'Identifier' ? textAt(right, 'name') : null;
    if (right?.type === 'Identifier') found.lists.add(right);
    found.exported.push({ name, local, at: startOf(expression) });
  }
  readAssignment(right, found);
}

function readWhole(expression: Json, right: Json | null, found: Exports): void {
  if (right?.type !== 'ObjectExpression') {
    // What another module gives is passed on, and `module.exports = exports = …` says the same twice.
    if (right?.type === 'CallExpression' || right?.type === 'AssignmentExpression') return;
    const local = right?.type === 'Identifier' ? textAt(right, 'name') : null;
    if (right?.type === 'Identifier') found.lists.add(right);
    found.exported.push({ name: 'default', local, at: startOf(expression) });
    return;
  }
  for (const property of nodesAt(right, 'properties')) {
    const name = property.type === 'Property' ? nameOf(nodeAt(property, 'key')) : null;
    const value = nodeAt(property, 'value');
    if (name === null || property.computed === true || value === null) continue;
    const [local = null] = boundNames(value);
    if (local !== null) found.lists.add(property);
    found.exported.push({ name, local, at: startOf(property) });
  }
}

const isExports = (node: Json): boolean => node.type === 'Identifier' && node.name === 'exports';

function isModuleExports(node: Json): boolean {
  const object = nodeAt(node, 'object');
  return (
    node.type === 'MemberExpression' &&
    object?.type === 'Identifier' &&
    object.name === 'module' &&
    nameOf(nodeAt(node, 'property')) === 'exports'
  );
}

function sourceOf(statement: Json): string | null {
  const source = nodeAt(statement, 'source');
  return source === null ? null : textAt(source, 'value');
}
