/** Finds the titles of tests in a test file, without running or compiling it. */

const CALL = /(?<![\w.])(it|test|describe)(?=[.(])/g;
/** A test with one of these does not run, or only pretends to. */
const NOT_RUN = new Set(['skip', 'todo', 'fails']);

/** Titles of the `it`, `test` and `describe` calls that run; what stands in a skipped `describe` does not. */
export function findTitles(text: string): string[] {
  const code = withoutSkippedBlocks(text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, ''));
  return [...code.matchAll(CALL)].flatMap((match) => {
    const title = titleAt(code, match.index + match[0].length);
    return title === null ? [] : [title];
  });
}

/** The sources are formatted: a block ends where its own indentation closes it. */
function withoutSkippedBlocks(text: string): string {
  return text.replace(/^( *)describe\.(?:skip|todo)\([\s\S]*?^\1\}\);?$/gm, '');
}

/** Reads `.each(…)`, `.skipIf(…)` and the like up to the call that holds the title. null: none, or not run. */
function titleAt(code: string, start: number): string | null {
  let at = start;
  for (;;) {
    const [link, name] = /^\.(\w+)/.exec(code.slice(at, at + 40)) ?? [];
    if (link !== undefined && name !== undefined) {
      if (NOT_RUN.has(name)) return null;
      at += link.length;
      continue;
    }
    if (code[at] !== '(') return null;
    const [, quote, title] = /^\(\s*(['"`])((?:\\.|(?!\1)[\s\S])*)\1/.exec(code.slice(at)) ?? [];
    if (quote !== undefined) return title ?? null;
    at = closingOf(code, at) + 1;
    if (at === 0) return null;
  }
}

/** Where the bracket that opens here closes, strings left out; -1: nowhere. */
function closingOf(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at += 1) {
    const character = code[at] ?? '';
    if (character === "'" || character === '"' || character === '`') at = endOfString(code, at);
    else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

function endOfString(code: string, start: number): number {
  for (let at = start + 1; at < code.length; at += 1) {
    if (code[at] === '\\') at += 1;
    else if (code[at] === code[start]) return at;
  }
  return code.length;
}
