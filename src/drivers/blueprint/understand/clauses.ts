/** A text of a request, taken apart. */
const TYPE_AFTER =
  /([a-z][\w -]*?)\s*:\s*(text|string|date|(?:positive )?int(?:eger)?|number|bool(?:ean)?|e-?mail|ur[il]|[ug]uid|date-?time|timestamp|decimal|float|money|[a-z0-9_-]+(?:\s*\|\s*[a-z0-9_-]+)+)(?=\s*(?:[,;.]|\band\b|$))/gi;

/** `amount: integer` and `amount (integer)` say the same. */
export function withTypes(text: string): string {
  return text.replaceAll(TYPE_AFTER, (whole, label: string, type: string) =>
    FIELDS.test(label.trim()) ? whole : `${label} (${type})`,
  );
}

/** What a list of fields is announced by. */
export const FIELDS =
  /^(?:(?:with|the|these|following|its|their|required)\s+)*(?:fields?|attributes|columns|properties)$/i;

/** Each item of a list on lines of its own ends as if a comma stood there, and what an empty line ends is a sentence. */
export function withItems(text: string): string {
  return text
    .replaceAll(/([:,;.]?)\s*\n\s*(?:[-*•]|\d+[.)])\s+/g, (_, end: string) => (end === ':' ? ': ' : ', '))
    .replaceAll(/([:,;.]?)[ \t]*\n\s*\n/g, (_, end: string) => (end === '' ? '. ' : `${end} `));
}

/** Splits at commas, semicolons, colons, full stops and `and`, but never inside parentheses or paths (`/orders/:number`). */
export function clausesOf(text: string): string[] {
  const clauses: string[] = [];
  let depth = 0;
  let current = '';
  for (const token of text.split(/([(),;.]|[:?!](?=\s|$)|\band\b)/i)) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (depth === 0 && /^(?:[,;.:?!]|and)$/i.test(token)) {
      clauses.push(current.trim());
      current = '';
    } else current += token;
  }
  return [...clauses, current.trim()].filter((clause) => clause !== '');
}
