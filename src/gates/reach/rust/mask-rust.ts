/** The code of a Rust file without what only looks like code: comments, strings, characters, and what is for tests. */

/** As long as the text, with every line where it was. */
export function maskRust(text: string): string {
  return maskTests(text.replaceAll(NO_CODE, blank));
}

/** Comments (blocks may hold blocks, one deep), raw and plain strings, characters; a lifetime is none. */
const NO_CODE =
  /\/\/[^\n]*|\/\*(?:[^*/]|\*(?!\/)|\/(?!\*)|\/\*(?:[^*]|\*(?!\/))*\*\/)*\*\/|\b[bc]?r(#+)"[\s\S]*?"\1|\b[bc]?r"[^"]*"|"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\\n]|\\(?:[^u\n]|u\{[^}]*\}))'/g;

/** `#[cfg(test)]`, `#[test]`, `#[tokio::test]`, `#[bench]`, up to the end of what it stands before. */
const FOR_TESTS = /#\[\s*(?:cfg\s*\(\s*(?:all\s*\(\s*)?test\b|(?:\w+\s*::\s*)*(?:test|bench|rstest)\b)/g;

function maskTests(code: string): string {
  let masked = code;
  for (const { index } of code.matchAll(FOR_TESTS)) {
    if (masked[index] !== '#') continue;
    const end = endOfItem(masked, index);
    masked = masked.slice(0, index) + blank(masked.slice(index, end)) + masked.slice(end);
  }
  return masked;
}

/** Where the item that begins here is over: behind its block, or behind its semicolon. `code` is masked. */
export function endOfItem(code: string, from: number): number {
  let depth = 0;
  for (let at = from; at < code.length; at += 1) {
    const sign = code[at] ?? '';
    if ('([{'.includes(sign)) depth += 1;
    else if (')]}'.includes(sign)) {
      depth -= 1;
      if (depth < 0) return at;
      if (depth === 0 && sign === '}') return at + 1;
    } else if (sign === ';' && depth === 0) return at + 1;
  }
  return code.length;
}

const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ');
