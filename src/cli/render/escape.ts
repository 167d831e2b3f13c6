/**
 * Text of agents, repositories and people on its way to a terminal. Whatever could move the cursor, colour
 * the rest, rename the window, hide or reorder text is shown as its code instead.
 */
import { HIDDEN } from '../../core/checks/hidden-characters.ts';

/** What people do not see, and what moves to another line. */
const UNSAFE = new RegExp(`${HIDDEN.source}|[\\f\\r]`, 'gu');

/** Text that stays where it is put: one line (`line`), or several with their own line ends (`block`). */
export function escapeText(text: string, form: 'line' | 'block' = 'line'): string {
  const lines = text.replaceAll('\r\n', '\n').replace(UNSAFE, showCode);
  return form === 'block' ? lines : lines.replaceAll('\n', '\\n').replaceAll('\t', ' ');
}

function showCode(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** First line with anything on it, escaped: for places that have room for one. */
export function firstLine(text: string): string {
  const line = text.split(/\r?\n/).find((each) => each.trim() !== '') ?? '';
  return escapeText(line.trim());
}

const MAX_ITEMS = 3;

/** The first line, with the first items of the list that it announces: `may not be changed: - a, - b` says what. */
export function firstLineWithItems(text: string): string {
  const first = firstLine(text);
  if (!first.endsWith(':')) return first;
  const [, ...rest] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const end = rest.findIndex((line) => !line.startsWith('- '));
  const items = (end === -1 ? rest : rest.slice(0, end)).map((line) => firstLine(line.slice(2)));
  const more = items.length - MAX_ITEMS;
  return [first, [...items.slice(0, MAX_ITEMS), ...(more > 0 ? [`${more} more`] : [])].join(', ')]
    .join(' ')
    .trim();
}

/** JSON text without what JSON leaves as it is and a terminal would obey: it parses to the same value. */
export function escapeJson(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => {
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    },
  );
}
