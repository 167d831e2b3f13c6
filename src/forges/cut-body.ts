/** A body that is longer than a forge takes: what people may do without goes first, and what a verifier needs never does. */
import { EVIDENCE } from './write-links.ts';

const CUT_NOTE = '\n\n(Cut: the forge takes no longer text.)';
const FENCE = /^ {0,3}(`{3,}(?!.*`)|~{3,})/u;

/**
 * The body within `maxChars`, the same where it fits. First the submitter's words get shorter, but for their first line, which is the marker; then what
 * the engine says, but for its last part, which names the event of the journal; then what stands behind it.
 */
export function cutBody(body: string, maxChars: number): string {
  if (body.length <= maxChars) return body;
  const start = body.indexOf(EVIDENCE.begin);
  const end = body.indexOf(EVIDENCE.end, start);
  if (start < 0 || end < 0) return shortened(body, maxChars);
  const words = body.slice(0, start).trimEnd();
  const said = body.slice(start + EVIDENCE.begin.length, end).trim();
  const [main, last] = splitAt(said, said.lastIndexOf('\n\n'));
  const behind = body.slice(end + EVIDENCE.end.length);
  const put = (parts: { words: string; main: string; behind: string }): string =>
    `${parts.words}\n\n${EVIDENCE.begin}\n${parts.main}${last}\n${EVIDENCE.end}${parts.behind}`;
  const marker = words.split('\n')[0] ?? '';
  const parts = { words, main, behind };
  for (const [name, least] of [
    ['words', marker.length + CUT_NOTE.length],
    ['main', CUT_NOTE.length],
    ['behind', 0],
  ] as const) {
    const excess = put(parts).length - maxChars;
    if (excess > 0) parts[name] = shortened(parts[name], Math.max(least, parts[name].length - excess));
  }
  return put(parts);
}

/** With a note at its end, which stands there once; never within a character, nor with a fence that takes in what follows. */
function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  const whole = text.endsWith(CUT_NOTE) ? text.slice(0, -CUT_NOTE.length) : text;
  const room = length - CUT_NOTE.length;
  if (room <= 0) return text.slice(0, Math.max(0, length)).replace(/[\uD800-\uDBFF]$/u, '');
  const kept = whole.slice(0, room).replace(/[\uD800-\uDBFF]$/, '');
  const fence = openFence(kept);
  if (fence === null) return kept + CUT_NOTE;
  return `${whole.slice(0, Math.max(0, room - fence.length - 1)).replace(/[\uD800-\uDBFF]$/, '')}\n${fence}${CUT_NOTE}`;
}

/** The marks of a fence that stays open; null: none does. */
function openFence(text: string): string | null {
  let open: string | null = null;
  for (const line of text.split('\n')) {
    const marks = FENCE.exec(line)?.[1] ?? null;
    if (open === null) open = marks;
    else if (marks?.startsWith(open) === true && line.trim() === marks) open = null;
  }
  return open;
}

function splitAt(text: string, at: number): [string, string] {
  return at < 0 ? ['', text] : [text.slice(0, at), text.slice(at)];
}
