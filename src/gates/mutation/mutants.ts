/** The mutants of the lines that a change adds or changes, and which of them are tried first. Pure but for the parser. */
import { hashBytes } from '../../journal/hash.ts';
import type { Parse } from '../reach/read-module.ts';
import { childrenOf, nodeAt, startOf } from '../reach/syntax.ts';
import type { FixedRole } from './fixed-answers.ts';
import { editsOf, type Edit, type MutantKind } from './operators.ts';

export interface Mutant {
  path: string;
  /** Where the edit begins, counted from 1. */
  line: number;
  kind: MutantKind;
  /** The whole file with the edit. */
  text: string;
  /** The line as it is and as the mutant has it, for people. */
  before: string;
  after: string;
  /** What is the same where the same thing is found again: no line numbers. */
  identity: string;
  /** Which fixed answer it asks about. */
  fixed: { id: string; role: FixedRole } | null;
}

const MAX_SHOWN = 120;

/** null: the file cannot be parsed. `lines`: those that changed. Whether each mutant can be parsed, `firstToTry` sees. */
export function mutantsOf(
  file: { path: string; text: string; lines: ReadonlySet<number> },
  parse: Parse,
): Mutant[] | null {
  const { path, text, lines } = file;
  const program = parse(path, text);
  if (program === null) return null;
  const starts = lineStarts(text);
  const seen = new Map<string, number>();
  return editsOf(program, text).flatMap((edit) => {
    const line = lineAt(starts, edit.start);
    if (!lines.has(line)) return [];
    const mutated = `${text.slice(0, edit.start)}${edit.replacement}${text.slice(edit.end)}`;
    const shown = show(text, edit, starts);
    const what = `${edit.kind} ${shown.before} -> ${shown.after}`;
    const count = (seen.get(what) ?? 0) + 1;
    seen.set(what, count);
    const { fixed } = edit;
    return [
      {
        path,
        line,
        kind: edit.kind,
        text: mutated,
        ...shown,
        identity: count === 1 ? what : `${what} (${count})`,
        fixed: fixed === undefined ? null : { id: `${path}:${fixed.at}`, role: fixed.role },
      },
    ];
  });
}

/** The same order for the same seed: fixed answers, then each line once, what only words would show last. */
export function inTurn(mutants: readonly Mutant[], seed: string): Mutant[] {
  const places = new Map<string, number>();
  const drawn = mutants
    .map((mutant) => ({
      mutant,
      lot: hashBytes(`${seed}\0${mutant.path}\0${mutant.line}\0${mutant.identity}`),
    }))
    .toSorted((a, b) => (a.lot < b.lot ? -1 : 1))
    .map(({ mutant }) => {
      if (mutant.fixed !== null) return { mutant, rank: -1 };
      if (!isCounted(mutant)) return { mutant, rank: Number.MAX_SAFE_INTEGER };
      const place = `${mutant.path}:${mutant.line}`;
      const rank = places.get(place) ?? 0;
      places.set(place, rank + 1);
      return { mutant, rank };
    });
  return drawn.toSorted((a, b) => a.rank - b.rank).map(({ mutant }) => mutant);
}

/** The first ones that can be parsed. One text after the other, with others' work in between: a long file takes its time. */
export async function firstToTry(
  mutants: readonly Mutant[],
  most: number,
  { parse, signal }: { parse: Parse; signal: AbortSignal },
): Promise<Mutant[]> {
  const taken: Mutant[] = [];
  for (const mutant of mutants) {
    if (taken.length >= most) break;
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    if (parse(mutant.path, mutant.text) !== null) taken.push(mutant);
  }
  return taken;
}

/** Words and waiting often change nothing that a test could see: such mutants are shown and not counted. */
export const isCounted = ({ kind }: Pick<Mutant, 'kind'>): boolean => kind !== 'text' && kind !== 'await';

/** The file as nobody can load it: where tests stay green with it, they load another one or none. */
export function brokenFile(text: string, word: string): string {
  const start = text.startsWith('#!') ? text.indexOf('\n') + 1 : 0;
  return `${text.slice(0, start)}throw new Error('${word}');${text.slice(start)}`;
}

/** Ways in which code comes to see how it is written. */
const SEES_TEXT =
  /\btoString\b|\bimport\.meta\b|\b__(?:file|dir)name\b|\bprocess\.(?:argv|mainModule)\b|\brequire\.(?:main|resolve|cache)\b|\breadFile|\.stack\b|\binspector\b|`\$\{|String\(/;

export const maySeeText = (text: string): boolean => SEES_TEXT.test(text);

/** The file with the same meaning and another text: a comment in each function, and one at the end. Lines stay where they are. */
export function commentedFile(
  { path, text }: { path: string; text: string },
  word: string,
  parse: Parse,
): string | null {
  const program = parse(path, text);
  if (program === null) return null;
  const places: number[] = [];
  const stack = [program];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    stack.push(...childrenOf(node));
    const body = /Function/.test(String(node.type)) ? nodeAt(node, 'body') : null;
    if (body !== null)
      places.push(startOf(body) + (body.type === 'BlockStatement' || body.type === 'FunctionBody' ? 1 : 0));
  }
  const comment = `/* ${word} */`;
  const pieces = places
    .toSorted((a, b) => a - b)
    .map((place, index, all) => `${text.slice(index === 0 ? 0 : all[index - 1], place)}${comment}`);
  const result = `${pieces.join('')}${text.slice(places.length === 0 ? 0 : Math.max(...places))}\n// ${word}\n`;
  return parse(path, result) === null ? null : result;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** `starts` rise: the line is the last one that does not begin behind the offset. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? Infinity) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The first line of what is replaced, with what stands around it. */
function show(text: string, edit: Edit, starts: readonly number[]): { before: string; after: string } {
  const from = starts[lineAt(starts, edit.start) - 1] ?? 0;
  const to = (offset: number): number => {
    const end = text.indexOf('\n', offset);
    return end === -1 ? text.length : end;
  };
  const before = text.slice(from, to(edit.start));
  const after = `${text.slice(from, edit.start)}${edit.replacement}${text.slice(edit.end, to(edit.end))}`;
  return { before: shorten(before), after: shorten(after) };
}

function shorten(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
}
