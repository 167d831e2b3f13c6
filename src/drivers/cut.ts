/** How texts are cut that may hold a part of a secret at the cut: with a sign there, by which that part is found and taken out. */

/** Stands where something was left out. */
export const CUT = '…';
/** The same in a text with one character per byte. */
export const CUT_IN_BYTES = Buffer.from(CUT).toString('latin1');

/** The start of a text. */
export function cutEnd(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${text.slice(0, maxChars - 1).toWellFormed()}${CUT}`;
}

/** The end of a text. */
export function cutStart(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${CUT}${text.slice(1 - maxChars).toWellFormed()}`;
}

/** The end of what a process wrote, of which no more may be at hand. */
export function lastWords(
  output: { tail(): Uint8Array; readonly totalBytes: number },
  maxChars: number,
): string {
  const tail = output.tail();
  const text = new TextDecoder().decode(tail).trim();
  return cutStart(output.totalBytes > tail.length ? CUT + text : text, maxChars);
}
