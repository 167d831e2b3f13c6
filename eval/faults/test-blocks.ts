/** The tests of a file, found by how formatted code looks: a head, and an end with the same indentation. */
import type { Runner } from '../tasks.ts';

export interface TestBlock {
  name: string;
  /** Line numbers from 0; both belong to the test. */
  from: number;
  to: number;
}

const JS_HEAD = /^(\s*)(?:test|it)(?:\.(?:skip|only))?\((['"`])(.*?)\2,/;
const GO_HEAD = /^func (Test\w+)\(\w+ \*testing\.T\) \{$/;

export function testBlocks(text: string, runner: Runner): TestBlock[] {
  const lines = text.split('\n');
  return lines.flatMap((line, from) => {
    const go = runner === 'go' ? GO_HEAD.exec(line) : null;
    const js = runner === 'go' ? null : JS_HEAD.exec(line);
    const name = go?.[1] ?? js?.[3];
    if (name === undefined) return [];
    const end = go === null ? `${js?.[1] ?? ''}});` : '}';
    const to = line.endsWith('});') ? from : lines.indexOf(end, from);
    return to < from ? [] : [{ name, from, to }];
  });
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
    if (block.to === block.from) continue;
    const inside = lines.slice(block.from + 1, block.to);
    lines.splice(block.from + 1, inside.length, ...body(block, inside));
  }
  return lines.join('\n');
}
