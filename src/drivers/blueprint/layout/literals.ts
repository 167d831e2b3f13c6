/** Pieces of JavaScript as they are written: what brackets enclose, what commas part, and the leaves of object literals. */

const PARTNERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** What stands between the bracket at `open` and its partner; null where it has none. */
export function enclosed(text: string, open: number): string | null {
  const end = endOf(text, open);
  return end === null ? null : text.slice(open + 1, end);
}

/** The parts between commas that no bracket or string encloses; a last empty one is none. */
export function partsOf(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const end = endOf(text, at);
    if (end !== null) at = end;
    else if (text[at] === ',') {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  const last = text.slice(from).trim();
  return last === '' ? parts : [...parts, last];
}

export interface LiteralLeaf {
  path: string[];
  /** As written: `error.code`. */
  source: string;
}

/** The values of an object literal, with those of literals inside it; null: this is not one, or has parts that are computed. */
export function leavesOf(inside: string): LiteralLeaf[] | null {
  const leaves: LiteralLeaf[] = [];
  for (const part of partsOf(inside)) {
    const [, quoted, plain, value = plain] = /^(?:'(\w+)'|(\w+))(?:\s*:\s*([\s\S]+))?$/.exec(part) ?? [];
    const key = quoted ?? plain;
    if (key === undefined || value === undefined) return null;
    const nested = value.startsWith('{') ? enclosed(value, 0) : null;
    const within = nested === null ? [{ path: [], source: value.trim() }] : leavesOf(nested);
    if (within === null) return null;
    leaves.push(...within.map(({ path, source }) => ({ path: [key, ...path], source })));
  }
  return leaves;
}

/** The object literals of a text that pass, without those inside one that does. */
export function literalsIn(text: string, passes: (leaves: LiteralLeaf[]) => boolean): LiteralLeaf[][] {
  const found: LiteralLeaf[][] = [];
  let from = 0;
  for (const { index } of text.matchAll(/\{/g)) {
    const inside = index < from ? null : enclosed(text, index);
    const leaves = inside === null ? null : leavesOf(inside);
    if (inside === null || leaves === null || !passes(leaves)) continue;
    found.push(leaves);
    from = index + inside.length;
  }
  return found;
}

/** Where the bracket, string or comment that begins at `at` ends; null: none begins there, or it has no end. */
function endOf(text: string, at: number): number | null {
  const char = text[at] ?? '';
  if (char === "'" || char === '"' || char === '`') return endOfString(text, at);
  if (text.startsWith('//', at)) return orEnd(text, text.indexOf('\n', at));
  if (text.startsWith('/*', at)) return orEnd(text, text.indexOf('*/', at) + 1);
  const partner = PARTNERS[char];
  if (partner === undefined) return null;
  for (let i = at + 1; i < text.length; i += 1) {
    if (text[i] === partner) return i;
    i = endOf(text, i) ?? i;
  }
  return null;
}

function endOfString(text: string, at: number): number | null {
  const quote = text[at];
  for (let i = at + 1; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === quote) return i;
    else if (quote === '`' && text.startsWith('${', i)) i = endOf(text, i + 1) ?? i;
  }
  return null;
}

const orEnd = (text: string, index: number): number => (index <= 0 ? text.length - 1 : index);
