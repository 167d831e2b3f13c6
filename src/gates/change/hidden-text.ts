/** Finds added lines that say to a machine what people do not see in them. */
import { hiddenIn } from '../../core/checks/hidden-characters.ts';
import type { FindingDraft } from '../findings.ts';
import type { ChangedLine, ChangedLines } from './changed-lines.ts';

const MAX_CITED = 20;
const MAX_CODES = 6;
/** Marks of a direction have their place in texts of some languages; control characters in data of some programs. */
const SHOWN_ONLY = /^\\u(?:200[ef]|061c|00|2028|2029|fff)/u;
const BYTE_ORDER_MARK = /^\ufeff/u;
/** Files that are read by people or hold what programs say to them, and that nothing runs. */
const PROSE =
  /\.(?:md|mdx|txt|rst|adoc|html?|po|pot|properties|strings|stringsdict|xliff?|xlf|arb|ftl|resx)$/iu;
/** Of these nobody can say but by their place and what they hold. */
const DATA = /\.(?:json|ya?ml|xml|csv|toml)$/iu;
const WORD_JOINER = '\\u2060';
const ISOLATE = /^\\u206[6-9]$/u;
const OPENS = /[\u2066-\u2068]/u;
const CLOSES = '\u2069';
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Reordering, invisible and tag characters stop the change; others are shown, and what the file had before is left alone. */
export function findHiddenText({ added, removed }: Pick<ChangedLines, 'added' | 'removed'>): FindingDraft[] {
  const before = countBefore(removed);
  const found = added.flatMap((changed): FindingDraft[] => {
    const { repo, path, line, text } = changed;
    const codes = hiddenIn(line === 1 ? text.replace(BYTE_ORDER_MARK, '') : text);
    if (codes.length === 0 || takeAll(before.get(fileOf(changed)), codes)) return [];
    const blocking = codes.some((code) => !SHOWN_ONLY.test(code) && !hasItsPlace(code, changed));
    const listed = [...new Set(codes)].slice(0, MAX_CODES).join(' ');
    return [
      {
        severity: blocking ? 'major' : 'note',
        blocking,
        repo,
        file: path,
        line,
        identity: `hidden ${listed}`,
        problem: `This line has ${codes.length === 1 ? 'a character' : `${codes.length} characters`} that nobody sees, or that reorder what people see: ${listed}.`,
        fix: 'Write it without them, or as escape sequences that can be read.',
      },
    ];
  });
  // Those that stop the change are named, however many others stand before them.
  return found.toSorted((a, b) => Number(b.blocking) - Number(a.blocking)).slice(0, MAX_CITED);
}

/** In texts for people a word joiner keeps a line together, and isolates keep a name apart from text of the other direction. */
function hasItsPlace(code: string, { path, text }: ChangedLine): boolean {
  if (code === WORD_JOINER) return PROSE.test(path);
  if (!ISOLATE.test(code) || !RIGHT_TO_LEFT.test(text)) return false;
  return (PROSE.test(path) || DATA.test(path)) && isBalanced(text);
}

/** What is not closed reorders the rest of the line. */
function isBalanced(text: string): boolean {
  let open = 0;
  for (const character of text) {
    if (OPENS.test(character)) open += 1;
    if (character === CLOSES) open -= 1;
    if (open < 0) return false;
  }
  return open === 0;
}

/** Per file how often each code stood in what the change takes away. */
function countBefore(removed: readonly ChangedLine[]): Map<string, Map<string, number>> {
  const files = new Map<string, Map<string, number>>();
  for (const changed of removed) {
    const counts = files.get(fileOf(changed)) ?? new Map<string, number>();
    for (const code of hiddenIn(changed.text)) counts.set(code, (counts.get(code) ?? 0) + 1);
    files.set(fileOf(changed), counts);
  }
  return files;
}

/** Takes the codes of a line away from those before, where all of them stood there. */
function takeAll(before: Map<string, number> | undefined, codes: readonly string[]): boolean {
  const wanted = Map.groupBy(codes, (code) => code);
  if (before === undefined || [...wanted].some(([code, all]) => (before.get(code) ?? 0) < all.length))
    return false;
  for (const [code, all] of wanted) before.set(code, (before.get(code) ?? 0) - all.length);
  return true;
}

function fileOf({ repo, path }: ChangedLine): string {
  return `${repo}/${path}`;
}
