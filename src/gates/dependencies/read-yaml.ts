/** YAML of package managers: large, made by programs, and not to be trusted. */
import { isObject, type Json } from '../../core/json.ts';

/** null: it is no mapping, or nothing that can be read. Aliases are not followed: lockfiles have none. */
export async function readYaml(text: string): Promise<Json | null> {
  // The parser is loaded by those who read it.
  const { parse } = await import('yaml');
  try {
    const value: unknown = parse(text, { maxAliasCount: 0, logLevel: 'silent', uniqueKeys: false });
    return isObject(value) ? value : null;
  } catch {
    return null; // Whoever installs with it will see.
  }
}
