/** Room on a first page: whole texts stand behind it. */
import { firstLine } from '../escape.ts';
import { cut } from '../width.ts';

const MAX_COLUMNS = 200;
const MAX_TITLE = 160;
const MAX_LINES = 8;

/** The first line, with an ellipsis where it is longer than there is room for. */
export function shorten(text: string): string {
  return cut(firstLine(text), MAX_COLUMNS);
}

/** The first lines, and how many there are behind them. */
export function shortList(lines: readonly string[]): string[] {
  const more = lines.length - MAX_LINES;
  return more <= 0 ? [...lines] : [...lines.slice(0, MAX_LINES), `and ${more} more, in the details`];
}

/** A request as the title of its report: its first line, cut behind a word where it is too long. */
export function titleOf(request: string): string {
  const line = firstLine(request);
  const title = cut(line, MAX_TITLE);
  if (title === line) return line;
  return title.replace(/[\s,;:]*\s\S*…$/, '…');
}
