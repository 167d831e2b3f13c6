/** Splits a command line into words as a POSIX shell would, without running one. */

export type SplitCommand =
  | {
      ok: true;
      words: string[];
      /** The first sign that only a shell could act on (`|`, `>`, `$`, …), outside quotes that make it plain; or null. */
      shellSyntax: string | null;
    }
  | { ok: false; problem: string };

const SPACE = /[ \t\n]/;
const SHELL_SIGNS = /^(?:&&|\|\||[;|&<>()`$])/;
/** What a backslash makes plain between double quotes; before anything else it stays. */
const ESCAPED_IN_QUOTES = /["\\$`]/;

/** Splits at unquoted space; takes away quotes and backslashes. Nothing is expanded. */
export function splitCommand(text: string): SplitCommand {
  const words: string[] = [];
  let shellSyntax: string | null = null;
  let word: string | null = null;
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    if (char === "'" || char === '"') {
      const quoted = readQuoted(text, index);
      if (quoted === null) return { ok: false, problem: `a ${char} is not closed` };
      shellSyntax ??= quoted.sign;
      word = (word ?? '') + quoted.text;
      index = quoted.end;
    } else if (char === '\\') {
      const next = text[++index];
      if (next === undefined) return { ok: false, problem: 'it ends with a backslash' };
      if (next !== '\n') word = (word ?? '') + next;
    } else {
      shellSyntax ??= shellSignAt(text, index);
      if (!SPACE.test(char)) word = (word ?? '') + char;
      else if (word !== null) words.push(word);
      if (SPACE.test(char)) word = null;
    }
  }
  if (word !== null) words.push(word);
  return words.length === 0 ? { ok: false, problem: 'it is empty' } : { ok: true, words, shellSyntax };
}

function shellSignAt(text: string, index: number): string | null {
  const char = text.charAt(index);
  // A line break between words starts a second command; around them it is only space.
  if (char === '\n')
    return text.slice(0, index).trim() !== '' && text.slice(index).trim() !== '' ? 'a line break' : null;
  return SHELL_SIGNS.exec(text.slice(index))?.[0] ?? null;
}

interface Quoted {
  text: string;
  /** Index of the closing quote. */
  end: number;
  sign: string | null;
}

function readQuoted(text: string, start: number): Quoted | null {
  const quote = text.charAt(start);
  let [inner, sign]: [string, string | null] = ['', null];
  for (let index = start + 1; index < text.length; index++) {
    const char = text.charAt(index);
    if (char === quote) return { text: inner, end: index, sign };
    const next = text.charAt(index + 1);
    if (quote === '"' && char === '\\' && (ESCAPED_IN_QUOTES.test(next) || next === '\n')) {
      if (next !== '\n') inner += next;
      index++;
      continue;
    }
    // Between double quotes a shell still expands these two.
    if (quote === '"' && (char === '$' || char === '`')) sign ??= char;
    inner += char;
  }
  return null;
}
