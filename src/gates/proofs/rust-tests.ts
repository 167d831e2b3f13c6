/** Tests of Rust that stand in the file of the sources they test: one version's sources with another version's tests. Pure. */

/** What is no code: comments, strings, characters; what has no end goes on to the file's. A lifetime (`'a`) is code. */
const NO_CODE =
  /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\bb?r(#*)"[\s\S]*?(?:"\1|$)|b?"(?:\\[\s\S]|[^"\\])*(?:"|\\?$)|b?'(?:\\(?:u\{[^}\n]{0,8}\}|x\w\w|[^\n])|[^'\\\n])'/gu;
/** No attribute can be read in two ways: a line of thousands is read once. */
const OF_TESTS = /^\s*(?:#\[[^\]]*\]\s*)*?#\[(?:cfg\(test\)|(?:\w+::)*test(?:\([^\]]*\))?)\]/u;

interface Item {
  text: string;
  isOfTests: boolean;
}

/**
 * The sources of `now` with the tests of `then`: items of the file itself, with what stands around `mod tests`, that are
 * compiled for tests alone. null: both have the same tests, or `then` has none.
 */
export function withTestsOf(then: string, now: string): string | null {
  const old = itemsOf(then).filter(({ isOfTests }) => isOfTests);
  const items = itemsOf(now);
  const textOf = (of: readonly Item[]): string => of.map(({ text }) => text.trim()).join('\n\n');
  if (old.length === 0 || textOf(old) === textOf(items.filter(({ isOfTests }) => isOfTests))) return null;
  const sources = items.flatMap(({ text, isOfTests }) => (isOfTests ? [] : [text])).join('');
  return `${sources.trimEnd()}\n\n${textOf(old)}\n`;
}

/** Cuts a file behind each `;` and `}` that stands in no bracket; nothing of it is lost. */
function itemsOf(text: string): Item[] {
  // Of the same length, so that places in it are places in the text.
  const code = text.replaceAll(NO_CODE, (found) => ' '.repeat(found.length));
  const items: Item[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < code.length; at++) {
    const sign = code[at] ?? '';
    if ('([{'.includes(sign)) depth += 1;
    if (')]}'.includes(sign)) depth -= 1;
    const isEnd =
      depth === 0 &&
      (sign === ';' || (sign === '}' && !/^\s*(?:;|else\b)/u.test(code.slice(at + 1, at + 40))));
    if (!isEnd) continue;
    items.push(itemOf(text, code, from, at + 1));
    from = at + 1;
  }
  return [...items, itemOf(text, code, from, code.length)];
}

function itemOf(text: string, code: string, from: number, to: number): Item {
  return { text: text.slice(from, to), isOfTests: OF_TESTS.test(code.slice(from, to)) };
}
