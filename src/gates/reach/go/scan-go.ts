/** Tokens of Go, as far as names and brackets go: no grammar, and nothing that a broken file could hold up. Pure. */

export interface GoToken {
  kind: 'word' | 'text' | 'sign' | 'number';
  /** Of a text what stands in its quotes. */
  text: string;
  /** Counted from 1. */
  line: number;
  /** Whether a line ends behind it where a statement may end. */
  ends: boolean;
  /** Of an opening bracket: how many tokens on the one stands that closes it, or the end. 0 for all others. */
  span: number;
}

export interface GoText {
  tokens: GoToken[];
  /** Comments that the compiler or a tool obeys, with the line that they stand on. */
  directives: { line: number; text: string }[];
}

/** What is never closed runs to the end of its line or of the file: each character is looked at once. */
const TOKEN =
  /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|`[^`]*(?:`|$)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|[\p{L}_][\p{L}\p{N}_]*|\d[\p{L}\p{N}_]*(?:\.\d[\p{L}\p{N}_]*)?|\n|:=|\.\.\.|\S/gu;
const DIRECTIVE = /^\/\/(?:export |go:|\s*\+build |\s*Code generated )/;
const WORD = /^[\p{L}_]/u;

/** Behind these a line may go on. */
const GOES_ON = new Set(
  'case chan const default defer else for func go goto if import interface map package range select struct switch type var'.split(
    ' ',
  ),
);

export function scanGo(source: string): GoText {
  const tokens: GoToken[] = [];
  const directives: GoText['directives'] = [];
  let line = 1;
  let last: GoToken | null = null;
  for (const [whole] of source.matchAll(TOKEN)) {
    if (whole === '\n') {
      endLine(last);
      line += 1;
      continue;
    }
    const lines = countLines(whole);
    if (whole.startsWith('//') || whole.startsWith('/*')) {
      if (DIRECTIVE.test(whole)) directives.push({ line, text: whole });
      if (lines > 0) endLine(last);
    } else {
      const kind = kindOf(whole);
      last = { kind, text: kind === 'text' ? whole.slice(1, -1) : whole, line, ends: false, span: 0 };
      tokens.push(last);
    }
    line += lines;
  }
  pairBrackets(tokens);
  return { tokens, directives };
}

function pairBrackets(tokens: readonly GoToken[]): void {
  const open: number[] = [];
  const close = (at: number): void => {
    const start = open.pop();
    const token = start === undefined ? undefined : tokens[start];
    if (start !== undefined && token !== undefined) token.span = at - start;
  };
  for (const [at, token] of tokens.entries()) {
    if (nesting(token) === 1) open.push(at);
    else if (nesting(token) === -1) close(at);
  }
  while (open.length > 0) close(tokens.length);
}

function kindOf(token: string): GoToken['kind'] {
  const first = token.charCodeAt(0);
  if ((first >= 97 && first <= 122) || (first >= 65 && first <= 90)) return 'word';
  if ((first >= 48 && first <= 57) || token.startsWith("'")) return 'number';
  if (token.startsWith('"') || token.startsWith('`')) return 'text';
  return WORD.test(token) ? 'word' : 'sign';
}

function endLine(last: GoToken | null): void {
  if (last === null) return;
  last.ends = last.kind === 'sign' ? /^[)\]}]$/.test(last.text) || last.ends : !GOES_ON.has(last.text);
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** The place behind the bracket that closes the one at `open`; the end where none does. */
export function behindBracket(tokens: readonly GoToken[], open: number): number {
  return Math.min(tokens.length, open + (tokens[open]?.span ?? 0) + 1);
}

export function nesting(token: GoToken | undefined): -1 | 0 | 1 {
  if (token?.kind !== 'sign') return 0;
  if (token.text === '(' || token.text === '[' || token.text === '{') return 1;
  return token.text === ')' || token.text === ']' || token.text === '}' ? -1 : 0;
}

/** Statements of the outermost level: split at `;` and at lines that end one. */
export function statementsOf(tokens: readonly GoToken[]): GoToken[][] {
  const statements: GoToken[][] = [];
  let depth = 0;
  let current: GoToken[] = [];
  for (const token of tokens) {
    const isBreak = depth === 0 && token.kind === 'sign' && token.text === ';';
    if (!isBreak) current.push(token);
    depth = Math.max(0, depth + nesting(token));
    if (!isBreak && !(depth === 0 && token.ends)) continue;
    if (current.length > 0) statements.push(current);
    current = [];
  }
  return current.length > 0 ? [...statements, current] : statements;
}

/** What stands between the bracket at `open` and the one that closes it, without looking into brackets in it. */
export function listIn(
  tokens: readonly GoToken[],
  open: number,
): { parts: number; isPlain: boolean; isOpen: boolean } {
  const end = behindBracket(tokens, open) - 1;
  let parts = 0;
  let isPlain = true;
  let isOpen = false;
  let isEmpty = true;
  for (let at = open + 1; at < end; at = behindBracket(tokens, at)) {
    const token = tokens[at];
    const isComma = token?.kind === 'sign' && token.text === ',';
    if (isComma || isEmpty) parts += isComma ? 0 : 1;
    isEmpty = isComma;
    isPlain &&= nesting(token) === 0;
    isOpen ||= token?.kind === 'sign' && token.text === '...';
  }
  return { parts, isPlain, isOpen };
}
