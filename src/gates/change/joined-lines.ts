/**
 * Commands and calls that are written over several lines, as one text each: continued lines of a shell, lists of arguments,
 * chains of calls, lists of YAML. Comments are left out. Pure; every step reads a line once.
 */
import type { ChangedLine } from './changed-lines.ts';
import { isComment } from './comment-lines.ts';
import { TOOLS } from './imperative-rules.ts';

const MAX_LINES = 200;
const MAX_TEXT = 10_000;
const POWERSHELL = /\.(?:psm?1|ya?ml)$/i;
const BATCH = /\.(?:cmd|bat)$/i;
const YAML = /\.ya?ml$/i;
/** Data that nobody calls: a list of words there is no list of arguments. */
const JSON_FILE = /\.json5?$/i;
const LIST_BEGINS = new RegExp(`["'](?:${TOOLS})["'],? ?\\[? ?$|\\bboto3\\.(?:client|resource)\\( ?$`, 'i');
const ITEM_IS_TOOL = new RegExp(`^ ?- ["']?(?:${TOOLS})["']?$`, 'i');
const ITEM = /^\s*-\s+/;
const CHAINED = /^\s*\.\w/;

/**
 * Each text with the place of its first added line; what nothing was added to is left out. `kept`: the unchanged lines around,
 * since a command can begin in one of them.
 */
export function joinLines(added: readonly ChangedLine[], kept: readonly ChangedLine[]): ChangedLine[] {
  const isNew = new Set(added);
  const byFile = Map.groupBy([...kept, ...added], ({ repo, path }) => `${repo}/${path}`);
  return [...byFile.values()].flatMap((file) => {
    const lines = file.toSorted((a, b) => a.line - b.line);
    const joined: ChangedLine[] = [];
    for (let at = 0; at < lines.length;) {
      const { text, length } = joinFrom(lines, at);
      const first = lines.slice(at, at + length).find((line) => isNew.has(line));
      if (first !== undefined && text !== '') joined.push({ ...first, text });
      at += length;
    }
    return joined;
  });
}

/** What begins with this line, and how many lines it takes. `''`: a comment. */
function joinFrom(lines: readonly ChangedLine[], at: number): { text: string; length: number } {
  const first = lines[at];
  if (first === undefined || isComment(first.path, first.text)) return { text: '', length: 1 };
  const yaml = YAML.test(first.path);
  let text = spaced(first.text);
  let open = listIn(first.path, text);
  const items = yaml && ITEM_IS_TOOL.test(text);
  let continued = isContinued(first);
  let length = 1;
  for (; length < MAX_LINES && text.length < MAX_TEXT; length += 1) {
    const next = lines[at + length];
    if (next === undefined || next.line !== first.line + length) break;
    const isSkipped = (continued || open !== null) && isComment(next.path, next.text);
    if (isSkipped) continue;
    const more = spaced(next.text);
    if (continued) text = `${text.trimEnd().slice(0, -1)}${more}`;
    else if (open !== null) text = `${text} ${more}`;
    else if (items && ITEM.test(next.text)) text = `${text} ${next.text.replace(ITEM, '')}`;
    else if (CHAINED.test(next.text)) text = `${text.trimEnd()}${more.trimStart()}`;
    else break;
    continued = isContinued(next);
    open = open === null ? listIn(next.path, more) : after(open, more);
  }
  return { text: spaced(text).slice(0, MAX_TEXT), length };
}

/** Long gaps would lead out of reach of patterns that allow for some words in between. */
function spaced(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function isContinued({ path, text }: ChangedLine): boolean {
  const end = text.trimEnd().at(-1);
  return end === '\\' || (end === '`' && POWERSHELL.test(path)) || (end === '^' && BATCH.test(path));
}

/** How many brackets have to close until a list of arguments that begins at the end of this line is over; null: none does. */
function listIn(path: string, text: string): number | null {
  if (JSON_FILE.test(path) || !LIST_BEGINS.test(text)) return null;
  return /[[(] ?$/.test(text) ? 1 : 0;
}

/** The same behind one line more. */
function after(open: number, text: string): number | null {
  let left = open;
  for (const sign of text) {
    if (sign === '(' || sign === '[' || sign === '{') left += 1;
    if (sign === ')' || sign === ']' || sign === '}') left -= 1;
    if (left < 0 || (left === 0 && open > 0)) return null;
  }
  return left > 0 || /, ?$/.test(text) ? left : null;
}
