/** Leaves of code what is neither a comment nor stands in quotes, in most languages. Pure; takes as long as the text is, whatever it says. */

const OPENING = /"""|'''|["'`]|\/\*|\/\/|(?:^|(?<=\s))#(?![[!])/gu;

/** What follows an opening, up to its end. Without an end it opens nothing: `/*` may be part of a regular expression. */
const REST: Readonly<Record<string, RegExp>> = {
  '"""': /[\s\S]*?"""/uy,
  "'''": /[\s\S]*?'''/uy,
  '"': /(?:[^"\\\n]|\\[^\n])*"/uy,
  "'": /(?:[^'\\\n]|\\[^\n])*'/uy,
  '`': /(?:[^`\\]|\\[\s\S])*`/uy,
  '/*': /[\s\S]*?\*\//uy,
  '//': /[^\n]*/uy,
  '#': /[^\n]*/uy,
};
/** They end on their line or nowhere. */
const OF_A_LINE: readonly string[] = ['"', "'"];

/** Comments become a blank, texts in quotes an empty one. */
export function withoutWords(text: string): string {
  // Where one is not ended, no other one of its kind is up to there; each of them would be looked for as far.
  const unended = new Map<string, number>();
  const endOf = (kind: string, from: number): number | null => {
    const rest = REST[kind];
    if (rest === undefined || from <= (unended.get(kind) ?? -1)) return null;
    rest.lastIndex = from;
    if (rest.test(text)) return rest.lastIndex;
    const line = OF_A_LINE.includes(kind) ? text.indexOf('\n', from) : -1;
    unended.set(kind, line === -1 ? text.length : line);
    return null;
  };
  const opening = new RegExp(OPENING);
  const kept: string[] = [];
  let at = 0;
  for (let found = opening.exec(text); found !== null; found = opening.exec(text)) {
    const { 0: kind, index } = found;
    // Three quotes that nothing ends are a text with nothing in it, and one quote.
    const single = /^(?:"""|''')$/u.test(kind) ? kind.charAt(0) : kind;
    const end = endOf(kind, index + kind.length) ?? endOf(single, index + single.length);
    if (end !== null) {
      kept.push(text.slice(at, index), /^["'`]/u.test(kind) ? "''" : ' ');
      at = end;
    }
    opening.lastIndex = end ?? index + 1;
  }
  return kept.join('') + text.slice(at);
}
