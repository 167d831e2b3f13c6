/** Test files that keep all names and ask for nothing: what is computed around tests stays, so that no name is lost. Pure. */

/** `it('name', …)`, `test(…)`, and hooks: up to the parenthesis. */
const CALL = /(?<![\w$.])(it|test|before|after|beforeEach|afterEach|beforeAll|afterAll)\s*\(/g;
/** Whole statements: what they load is broken. */
const LOADS =
  /^(?:import\s(?:[^;'"]*?\sfrom\s*)?(['"])\.{1,2}\/[^'"\n]+\1;?|(?:const|let|var)\s[^;=]*=\s*require\(\s*(['"])\.{1,2}\/[^'"\n]+\2\s*\)[^;\n]*;?)[ \t]*$/gm;

/** Behind it a slash begins a pattern and divides nothing. */
const PATTERN_FOLLOWS = /[(,=:[!&|?{};]\s*$|\breturn\s*$/;

export function hollowed(text: string): string {
  const bare = text.replaceAll(LOADS, '');
  let out = '';
  let from = 0;
  for (const match of bare.matchAll(CALL)) {
    const begin = match.index + match[0].length;
    if (match.index < from) continue;
    const end = skipTo(bare, begin, ')');
    const comma = skipTo(bare, begin, ',');
    const name = comma < end ? bare.slice(begin, comma) : '';
    const isNamed = /^\s*['"`]/.test(name);
    out += bare.slice(from, begin) + (isNamed ? `${name}, () => {}` : '() => {}');
    from = end;
  }
  return out + bare.slice(from);
}

/** Where this sign stands next outside of brackets, texts and comments; the end of the text, where it does not. */
function skipTo(text: string, from: number, sign: string): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const here = text[at] ?? '';
    if (depth === 0 && here === sign) return at;
    if (`'"\``.includes(here)) at = endOfText(text, at);
    else if (text.startsWith('//', at)) at = orEnd(text, text.indexOf('\n', at));
    else if (text.startsWith('/*', at)) at = orEnd(text, text.indexOf('*/', at)) + 1;
    else if (here === '/' && PATTERN_FOLLOWS.test(text.slice(from - 1, at))) at = endOfPattern(text, at);
    else if ('([{'.includes(here)) depth += 1;
    else if (')]}'.includes(here)) depth -= 1;
    if (depth < 0) return text.length;
  }
  return text.length;
}

function endOfText(text: string, from: number): number {
  const quote = text[from];
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
  }
  return text.length;
}

function endOfPattern(text: string, from: number): number {
  let inClass = false;
  for (let at = from + 1; at < text.length; at++) {
    const here = text[at];
    if (here === '\\') at += 1;
    else if (here === '[') inClass = true;
    else if (here === ']') inClass = false;
    else if (here === '/' && !inClass) return at;
  }
  return text.length;
}

const orEnd = (text: string, at: number): number => (at === -1 ? text.length : at);
