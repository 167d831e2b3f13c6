/**
 * A fence longer than any run of backticks inside, so that the text cannot close it. With a word at both ends that nobody could know
 * who wrote the text, it does not look like one that the text has, either.
 */
export function fence(text: string, word = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
  const marks = `${'`'.repeat(longest + 1)}${word}`;
  return `${marks}\n${text}\n${marks}`;
}
