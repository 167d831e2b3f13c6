/** YAML of package managers: large, made by programs, and not to be trusted. */
import { isObject, type Json } from '../../core/json.ts';

/** No package manager nests like this, and the parser's time grows with the square of it. */
const MAX_DEPTH = 200;

function isDeep(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '{' || character === '[') depth += 1;
    else if ((character === '}' || character === ']') && depth > 0) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return /^\s{0,100}(?:[-?] ){50}/mu.test(text);
}

/** null: it is no mapping, or nothing that can be read. Aliases are not followed: lockfiles have none. */
export async function readYaml(text: string): Promise<Json | null> {
  if (isDeep(text)) return null;
  // The parser is loaded by those who read it.
  const { parse } = await import('yaml');
  try {
    const value: unknown = parse(text, { maxAliasCount: 0, logLevel: 'silent', uniqueKeys: false });
    return isObject(value) ? value : null;
  } catch {
    return null; // Whoever installs with it will see.
  }
}
