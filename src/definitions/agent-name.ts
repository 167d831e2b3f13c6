/** Names of agents become parts of ids, paths and branches: slugs, and nothing that hides or leads elsewhere. */

export const MAX_NAME_LENGTH = 64;

export type NameResult = { ok: true; slug: string } | { ok: false; problem: string };

/** A slug as it stands, a slug made from a harmless display name, or what is wrong. */
export function readAgentName(name: string): NameResult {
  const problem = nameProblem(name);
  if (problem !== null) return { ok: false, problem };
  const slug = slugOf(name);
  return slug === '' ? { ok: false, problem: 'it holds none of a–z and 0–9' } : { ok: true, slug };
}

function nameProblem(name: string): string | null {
  if (name.length > MAX_NAME_LENGTH)
    return `it has ${name.length} characters, ${MAX_NAME_LENGTH} are allowed`;
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(name)) return 'it holds a control character';
  // Format characters reverse or hide what people read: U+202E, zero-width joiners, …
  if (/\p{Cf}/u.test(name)) return 'it holds an invisible or text-reversing character';
  if (/[/\\]/.test(name) || name.includes('..')) return 'it looks like a path';
  return null;
}

function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('#', '-sharp-')
    .replaceAll('+', '-plus-')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}
