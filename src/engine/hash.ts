/** Content addresses of plain data, as JSON with sorted keys, and of texts. */
import type { Hash } from '../core/results.ts';
import { hashBytes } from '../journal/hash.ts';
import type { Artifact } from '../journal/journal.ts';

/** The same data gives the same hash, whatever the order of its keys. */
export function hashData(data: unknown): Hash {
  return hashBytes(canonicalJson(data));
}

export function canonicalJson(data: unknown): string {
  return JSON.stringify(data, (_key, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

export function textArtifact(kind: string, text: string): Artifact {
  const body = Buffer.from(text, 'utf8');
  return { hash: hashBytes(body), kind, body };
}
