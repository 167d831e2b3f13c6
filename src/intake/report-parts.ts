/** The parts that reports of a fault have by custom: what was done and seen is told there, and nothing is asked for. */

/** `done`: how it comes about, what was expected, where; `seen`: what happens; null: anything else. */
export type Told = 'done' | 'seen' | null;

const DONE =
  /^(?:steps to reproduce|(?:how )?to reproduce|repro(?:duction)?(?: steps)?|expected(?: (?:behaviou?r|results?|outcome|output))?|environment)$/i;
const SEEN =
  /^(?:actual(?: (?:behaviou?r|results?|outcome|output))?|observed(?: behaviou?r)?|current behaviou?r|stack ?trace|trace ?back)$/i;
/** "Expected: 400" in a line. */
const LABELLED = /^\**([a-z][a-z ]{2,23})\**:\**(?=\s|$)/i;
/** "### Steps to reproduce" above others. */
const HEADING = /^#{1,6}\s\s?\**([a-z][a-z ]{2,23})\**:?\**$/i;
const LISTED = /^(?:[-*•+]|\d+[.)])\s/;

/** Every block with what is told in it. A part ends with the next heading, or with the text behind its list. */
export function toldIn(blocks: readonly string[]): { words: string; told: Told }[] {
  let under: Told = null;
  let first = false;
  return blocks.flatMap(splitAtLabels).map((block) => {
    const label = labelOf(block);
    if (label !== null && label.rest === '') {
      under = label.told;
      first = true;
      return { words: label.told === null ? block : '', told: null };
    }
    if (label?.told != null) return { words: label.rest, told: label.told };
    if (!first && !LISTED.test(block.trimStart())) under = null;
    first = false;
    return { words: block, told: under };
  });
}

/** Two labelled lines need no empty one between them. */
function splitAtLabels(block: string): string[] {
  const lines = block.split('\n');
  const parts: string[][] = [];
  for (const line of lines) {
    const label = labelOf(line);
    if (parts.length === 0 || label?.told != null || isTitle(line, label)) parts.push([line]);
    else parts.at(-1)?.push(line);
  }
  return parts.map((part) => part.join('\n'));
}

/** "Description: …" below "Title: …"; in the middle of a sentence a line begins small. */
function isTitle(line: string, label: ReturnType<typeof labelOf>): boolean {
  return label !== null && /^\s*\**[A-Z]/.test(line);
}

/** null: the block has no label; every heading is one. */
function labelOf(block: string): { told: Told; rest: string } | null {
  const words = block.trim();
  const found = HEADING.exec(words) ?? LABELLED.exec(words);
  if (found === null) return /^#{1,6}\s/.test(words) ? { told: null, rest: '' } : null;
  return { told: toldUnder((found[1] ?? '').trim()), rest: words.slice(found[0].length).trim() };
}

function toldUnder(label: string): Told {
  if (DONE.test(label)) return 'done';
  return SEEN.test(label) ? 'seen' : null;
}
