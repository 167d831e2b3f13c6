/** The parser, loaded when the first module is read: most commands read none. */
import { isObject, type Json } from '../../core/json.ts';
import { mayBeTooDeep } from './nesting.ts';
import type { Parse } from './read-module.ts';

export async function loadParser(): Promise<Parse> {
  const { parseSync } = await import('oxc-parser');
  return (path, text) => {
    if (mayBeTooDeep(text)) return null;
    const { program, errors } = parseSync(path, text, { lang: languageOf(path), sourceType: 'unambiguous' });
    const tree: unknown = program;
    return errors.length > 0 || !isObject(tree) ? null : tree;
  };
}

/** Plain JavaScript may have JSX in it. */
function languageOf(path: string): 'jsx' | 'ts' | 'tsx' {
  if (/\.[cm]?ts$/.test(path)) return 'ts';
  return path.endsWith('.tsx') ? 'tsx' : 'jsx';
}

/** The value of JSON with comments, as people write settings of TypeScript; null: it is none. */
export function readJsonWithComments(text: string, parse: Parse): Json | null {
  const program = parse('settings.js', `(${text.replace(/^\uFEFF/, '')}\n)`);
  const [statement] = program !== null && Array.isArray(program.body) ? (program.body as unknown[]) : [];
  const value = isObject(statement) ? valueOf(statement.expression) : null;
  return isObject(value) ? value : null;
}

function valueOf(node: unknown): unknown {
  if (!isObject(node)) return null;
  if (node.type === 'ParenthesizedExpression') return valueOf(node.expression);
  if (node.type === 'Literal') return node.value;
  if (node.type === 'ArrayExpression')
    return Array.isArray(node.elements) ? node.elements.map((each: unknown) => valueOf(each)) : [];
  if (node.type !== 'ObjectExpression' || !Array.isArray(node.properties)) return null;
  const entries = node.properties.filter(isObject).map((property): [string, unknown] => {
    const key = isObject(property.key) ? (property.key.value ?? property.key.name) : '';
    return [String(key), valueOf(property.value)];
  });
  return Object.fromEntries(entries);
}
