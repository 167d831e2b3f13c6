/** The tests of a file, found by how formatted code looks: a head, and an end with the same indentation. */
import type { Runner } from '../tasks.ts';

export interface TestBlock {
  name: string;
  /** Line numbers from 0; both belong to the test. */
  from: number;
  to: number;
  /** The first line of its body, and the first one behind it; the same where it has none of its own. */
  body: readonly [number, number];
}

const JS_HEAD = /^(\s*)(?:test|it)(?:\.(?:skip|only|fails|failing|expectFailure))?\((['"`])(.*?)\2,/;
const GO_HEAD = /^func (Test\w+)\(\w+ \*testing\.T\) \{$/;
const PYTHON_HEAD = /^(\s*)(?:async )?def (test_\w+)\(.*\):$/;
const RUST_HEAD = /^(\s*)fn (\w+)\(\) \{$/;

export function testBlocks(text: string, runner: Runner): TestBlock[] {
  const lines = text.split('\n');
  if (runner === 'pytest') return lines.flatMap((line, at) => pythonBlock(lines, line, at));
  if (runner === 'cargo') return lines.flatMap((line, at) => rustBlock(lines, line, at));
  return lines.flatMap((line, from) => {
    const go = runner === 'go' ? GO_HEAD.exec(line) : null;
    const js = runner === 'go' ? null : JS_HEAD.exec(line);
    const name = go?.[1] ?? js?.[3];
    if (name === undefined) return [];
    const end = go === null ? `${js?.[1] ?? ''}});` : '}';
    const to = line.endsWith('});') ? from : lines.indexOf(end, from);
    return to < from ? [] : [{ name, from, to, body: [to === from ? to : from + 1, to] }];
  });
}

/** Ends with the last line that stands deeper than its head. */
function pythonBlock(lines: readonly string[], line: string, from: number): TestBlock[] {
  const [, indent, name] = PYTHON_HEAD.exec(line) ?? [];
  if (indent === undefined || name === undefined) return [];
  const after = lines.slice(from + 1);
  const out = after.findIndex((each) => each.trim() !== '' && !each.startsWith(`${indent} `));
  const inside = after.slice(0, out === -1 ? after.length : out);
  const to = from + 1 + inside.findLastIndex((each) => each.trim() !== '');
  return [{ name, from, to, body: [from + 1, to + 1] }];
}

/** Begins with its attribute. */
function rustBlock(lines: readonly string[], line: string, at: number): TestBlock[] {
  const [, indent, name] = RUST_HEAD.exec(line) ?? [];
  if (indent === undefined || name === undefined || lines[at - 1]?.trim() !== '#[test]') return [];
  const to = lines.indexOf(`${indent}}`, at);
  return to < at ? [] : [{ name, from: at - 1, to, body: [at + 1, to] }];
}

/** The text without these tests. */
export function withoutBlocks(text: string, blocks: readonly TestBlock[]): string {
  const lines = text.split('\n');
  return lines.filter((_, at) => !blocks.some(({ from, to }) => at >= from && at <= to)).join('\n');
}

/** The text with the inside of these tests replaced. */
export function withBodies(
  text: string,
  blocks: readonly TestBlock[],
  body: (block: TestBlock, lines: string[]) => string[],
): string {
  const lines = text.split('\n');
  for (const block of blocks.toReversed()) {
    const [from, to] = block.body;
    if (to === from) continue;
    const inside = lines.slice(from, to);
    lines.splice(from, inside.length, ...body(block, inside));
  }
  return lines.join('\n');
}
