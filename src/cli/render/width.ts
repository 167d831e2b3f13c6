/** How many columns text takes on a terminal, and cutting it to fit. Text has to be escaped before. */
let segmenter: Intl.Segmenter | null = null;
const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}])/u;
const NO_WIDTH = /^[\p{Mark}\u200c\u200d]+$/u;
// oxlint-disable-next-line no-control-regex -- our own colours take no room
const COLOUR = /\u001b\[[0-9;]*m/g;
/** One column each, whatever stands beside them: Latin letters, punctuation, arrows and the signs of our own views. */
const PLAIN = /^[\u0020-\u007e\u00a1-\u02ff\u2010-\u2027\u2190-\u21ff\u22ef\u25cb\u25cf\u2713\u2717]*$/;

/** Columns of escaped text; our own colour codes take none. */
export function widthOf(text: string): number {
  const bare = text.replace(COLOUR, '');
  if (PLAIN.test(bare)) return bare.length;
  let width = 0;
  for (const { segment } of graphemesOf(bare)) width += widthOfGrapheme(segment);
  return width;
}

/** Most texts need no segmenter, and making the first one takes as long as a few dozen modules do to load. */
function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
}

function widthOfGrapheme(grapheme: string): number {
  if (NO_WIDTH.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

/** At most `columns` wide, with an ellipsis where something was cut. For text without colours. */
export function cut(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (widthOf(text) <= columns) return text;
  if (PLAIN.test(text)) return `${text.slice(0, columns - 1).trimEnd()}…`;
  let kept = '';
  let width = 0;
  for (const { segment } of graphemesOf(text)) {
    const next = widthOfGrapheme(segment);
    if (width + next > columns - 1) break;
    kept += segment;
    width += next;
  }
  return `${kept.trimEnd()}…`;
}

/** Cut or filled to exactly `columns`. */
export function fit(text: string, columns: number): string {
  const kept = cut(text, columns);
  return kept + ' '.repeat(Math.max(0, columns - widthOf(kept)));
}

/** Lines of at most `columns`, broken at spaces where there are any; never inside a word, a URL or a `command`. */
export function wrap(text: string, columns: number): string[] {
  return text.split('\n').flatMap((paragraph) => wrapLine(paragraph, columns, ''));
}

/** The same with the rest of a line below its text: indented like its beginning, past a sign that opens it. */
export function wrapHanging(text: string, columns: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const opening = /^ *(?:(?:[-*?]|\d+\.|tried|stopped|journal|caught:|fix:) +)?/.exec(paragraph)?.[0] ?? '';
    return wrapLine(paragraph, columns, ' '.repeat(widthOf(opening)));
  });
}

/** A command in backquotes counts as one word: broken in two it could not be pasted. */
const WORDS = /(?:`[^`]*`|\S)+/g;

function wrapLine(paragraph: string, columns: number, hang: string): string[] {
  if (widthOf(paragraph) <= columns) return [paragraph];
  const lines: string[] = [];
  let line = '';
  let end = 0;
  for (const { 0: word, index } of paragraph.matchAll(WORDS)) {
    const joined = line + paragraph.slice(end, index) + word;
    end = index + word.length;
    if (line.trim() === '' || widthOf(joined) <= columns) line = joined;
    else {
      lines.push(line);
      line = hang + word;
    }
  }
  return [...lines, line];
}
