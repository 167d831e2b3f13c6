/** TOML of package managers. */
import { isObject, type Json } from '../../core/json.ts';

/** null: nothing that can be read. */
export async function readToml(text: string): Promise<Json | null> {
  // The parser is loaded by those who read it.
  const { parse } = await import('smol-toml');
  try {
    const value: unknown = parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null; // Whoever installs with it will see.
  }
}

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
