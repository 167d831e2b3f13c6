/** Tokens of Python by logical line: enough for names, brackets and blocks, and nothing that a broken file could hold up. Pure. */

export interface PythonToken {
  kind: 'word' | 'text' | 'sign';
  /** Of a text what stands in its quotes. */
  text: string;
  /** Counted from 1. */
  line: number;
}

/** What stands on one line for the language: brackets, texts and backslashes may spread it over several. */
export interface LogicalLine {
  /** In characters; a tab goes on to the next multiple of eight. */
  indent: number;
  tokens: PythonToken[];
}

const TOKEN =
  /#[^\n]*|(?<prefix>[rRbBuUfFtT]{0,3})(?:"""(?<long>(?:[^\\]|\\[^])*?)(?:"""|$(?![^]))|'''(?<tall>(?:[^\\]|\\[^])*?)(?:'''|$(?![^]))|"(?<wide>(?:[^"\\\n]|\\[^])*)"?|'(?<thin>(?:[^'\\\n]|\\[^])*)'?)|[\p{L}_][\p{L}\p{N}_]*|\d[\w.]*|\\\r?\n|\n[ \t\f\r]*|->|:=|[=!<>*/+\-%&|^@]=|\*\*|\S/gu;
const FORMATTED = /[fFtT]/;
/** Of a formatted text what is code in it, as deep as one pair of braces more. */
const IN_BRACES = /\{([^{}!:]*(?:\{[^{}]*\}[^{}!:]*)*)/g;

export function scanPython(source: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let current: LogicalLine = { indent: 0, tokens: [] };
  let depth = 0;
  let line = 1;
  for (const match of `\n${source}`.matchAll(TOKEN)) {
    const [whole] = match;
    if (whole.startsWith('\n')) {
      if (match.index > 0) line += 1;
      if (depth > 0) continue;
      if (current.tokens.length > 0) lines.push(current);
      current = { indent: widthOf(whole.slice(1)), tokens: [] };
    } else if (whole.startsWith('\\')) line += 1;
    else if (!whole.startsWith('#')) {
      const { prefix = '', long, tall, wide, thin } = match.groups ?? {};
      const text = long ?? tall ?? wide ?? thin;
      if (text === undefined) {
        depth = Math.max(0, depth + bracket(whole));
        current.tokens.push({ kind: /^[\p{L}_]/u.test(whole) ? 'word' : 'sign', text: whole, line });
      } else {
        current.tokens.push({ kind: 'text', text, line });
        if (FORMATTED.test(prefix)) current.tokens.push(...codeIn(text, line));
        line += whole.split('\n').length - 1;
      }
    }
  }
  if (current.tokens.length > 0) lines.push(current);
  return lines;
}

const bracket = (sign: string): number => ('([{'.includes(sign) ? 1 : ')]}'.includes(sign) ? -1 : 0);

function codeIn(text: string, line: number): PythonToken[] {
  return [...text.replaceAll(/\{\{|\}\}/g, '  ').matchAll(IN_BRACES)].flatMap(([, code = '']) => [
    { kind: 'sign', text: '{', line },
    ...scanPython(code).flatMap(({ tokens }) => tokens.map((token) => ({ ...token, line }))),
    { kind: 'sign', text: '}', line },
  ]);
}

function widthOf(space: string): number {
  let width = 0;
  for (const sign of space) width = sign === '\t' ? width - (width % 8) + 8 : width + (sign === ' ' ? 1 : 0);
  return width;
}
