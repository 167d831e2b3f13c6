/** What a refusal says of a new resource: its code, and where callers read which field it is about. */
import type { Refusal, Words } from '../layout/refusals.ts';
import type { Resource } from './resource.ts';

/** `422`, `404 \`invoice_not_found\``. */
export function refusalWords(refusal: Refusal, resource: Resource): string {
  const code = codeOf(refusal, resource);
  return code === null ? String(refusal.status) : `${refusal.status} \`${code.text}\``;
}

/** The first text of the body that is one word and known beforehand; null: there is none. */
export function codeOf(
  { body }: Refusal,
  { names, key }: Resource,
): { path: readonly string[]; text: string } | null {
  const known = { name: names.snake, table: names.snakeMany, key };
  for (const { path, words } of body) {
    const pieces = words.map((word) =>
      typeof word === 'string' ? word : word.of === 'field' || word.of === 'unknown' ? null : known[word.of],
    );
    const text = pieces.includes(null) ? '' : pieces.join('');
    // A key alone is the name of a field: what was refused, not why.
    const isKey = words.length === 1 && typeof words[0] !== 'string';
    if (!isKey && /^[\w.-]+$/.test(text) && text !== 'null') return { path, text };
  }
  return null;
}

/** Where the body names the field: alone (`exact`), or within a message; null: nowhere. */
export function fieldPlace({ body }: Refusal): { path: readonly string[]; exact: boolean } | null {
  const names = (words: Words): boolean =>
    words.some((word) => typeof word !== 'string' && word.of === 'field');
  const naming = body.filter(({ words }) => names(words));
  const exact = naming.find(({ words }) => words.length === 1);
  const place = exact ?? naming[0];
  return place === undefined ? null : { path: place.path, exact: exact !== undefined };
}

/** `body.error?.code`: read off a body that may have another form. */
export function readFromBody(path: readonly string[]): string {
  return `body.${path.join('?.')}`;
}
