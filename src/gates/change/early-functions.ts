/** The functions of Go that run before the first test does, as far as a change shows them. Reads text alone. Pure. */
import type { ChangedLine } from './changed-lines.ts';

const EARLY = /^func (?:TestMain|init)\(|^var\s/;
const FUNCTION = /^func (\w+)\(/;
/** What starts the whole program from a test is no part of how tests begin. */
const CALLED = /(?<![.\w])(?!main\b|func\b|if\b|for\b|switch\b|return\b)([a-z_]\w*)\(/gi;
/** A function that is called by one that is called by one. */
const MAX_DEPTH = 4;

/** `TestMain`, `init`, values that are made by a call, and functions of the package that these call: each with its lines. */
export function earlyBodies(lines: readonly ChangedLine[]): ChangedLine[][] {
  const all = new Map(bodiesOf(lines, FUNCTION).map((body) => [nameOf(body), body]));
  const found = bodiesOf(lines, EARLY);
  const seen = new Set<ChangedLine[]>(found);
  let open = found;
  for (let depth = 0; depth < MAX_DEPTH && open.length > 0; depth += 1) {
    open = open
      .flatMap((body) => calledIn(body))
      .flatMap((name) => {
        const body = all.get(name);
        return body === undefined || seen.has(body) ? [] : [body];
      });
    for (const body of open) seen.add(body);
  }
  return [...seen];
}

const nameOf = (body: readonly ChangedLine[]): string => FUNCTION.exec(body[0]?.text ?? '')?.[1] ?? '';

function calledIn(body: readonly ChangedLine[]): string[] {
  return body.flatMap(({ text }, at) =>
    [...(at === 0 && FUNCTION.test(text) ? '' : text.slice(0, 2_000)).matchAll(CALLED)].map(
      ([, name = '']) => name,
    ),
  );
}

/** Per head at the beginning of a line: it, and what follows until its brackets are closed. */
function bodiesOf(lines: readonly ChangedLine[], head: RegExp): ChangedLine[][] {
  const bodies: ChangedLine[][] = [];
  let open: { body: ChangedLine[]; depth: number } | null = null;
  for (const line of lines) {
    if (head.test(line.text) && (open === null || FUNCTION.test(line.text))) {
      open = { body: [], depth: 0 };
      bodies.push(open.body);
    }
    if (open === null) continue;
    open.body.push(line);
    open.depth += line.text.split(/[{(]/u).length - line.text.split(/[})]/u).length;
    if (open.depth <= 0) open = null;
  }
  return bodies;
}
