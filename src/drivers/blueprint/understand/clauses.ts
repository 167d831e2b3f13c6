/** A text of a request, taken apart. */
/** `amount: integer` and `amount (integer)` say the same. */
export function withTypes(text: string): string {
  return text.replaceAll(
    /([a-z][\w -]*?)\s*:\s*(text|string|date|positive integer|integer|number)(?=\s*(?:[,;.]|\band\b|$))/gi,
    '$1 ($2)',
  );
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
