/**
 * Texts that leave: a forge obeys what stands in titles, bodies and commit messages. What agents wrote informs people; it calls
 * nobody, closes nothing, skips no check, loads nothing, and hides nothing.
 */
import { showHidden } from '../core/checks/hidden-characters.ts';

const MENTION = /(?<![\w.+-])@(?=[A-Za-z0-9])/gu;
const CLOSING = String.raw`(?:clos(?:e[sd]?|ing)|fix(?:e[sd]|ing)?|resolv(?:e[sd]?|ing)|implement(?:s|ed|ing)?)`;
/** `#1`, `owner/name#1`, `GH-1`, an address. Both repetitions are bounded: the words are an agent's. */
const CLOSES_NUMBER = new RegExp(
  String.raw`\b(${CLOSING}:?\s{1,20}(?:issues?\s{1,20})?[\w./-]{0,100}\\?#)(?=\d)`,
  'giu',
);
const CLOSES_NAME = new RegExp(
  String.raw`\b(${CLOSING}:?\s{1,20}(?:issues?\s{1,20})?)(?=https?:|GH-\d|[A-Z][A-Z0-9]{1,9}-\d)`,
  'giu',
);
const MORE_NUMBERS = /((?:,|\band\b)\s{0,20}[\w./-]{0,100}\\?#)(?=\d)/giu;
const SKIPS = /\[((?:skip|no)[ -](?:ci|actions)|(?:ci|actions)[ -]skip)\]/giu;
const SKIP_TRAILER = /^(\s*skip-checks)\s*:/gimu;
const IMAGE = /!(?=\[)/gu;
const MARKUP = /<(?=[A-Za-z/!?])/gu;
const FENCE = /^ {0,3}(`{3,}(?!.*`)|~{3,})/u;

/** A body in Markdown. What lies in fenced code stays as it is, but for what a forge looks for in the raw text. */
export function outgoingBody(text: string): string {
  const lines: string[] = [];
  let fence: string | null = null;
  for (const line of showHidden(text).replaceAll(/\r\n?/gu, '\n').split('\n')) {
    const marks = FENCE.exec(line)?.[1] ?? null;
    if (fence !== null) {
      lines.push(line.replaceAll('<!--', '< !--'));
      if (marks?.startsWith(fence) === true && line.trim() === marks) fence = null;
    } else {
      lines.push(marks === null ? harmless(line.replaceAll(MARKUP, '&lt;')) : line);
      fence = marks;
    }
  }
  // One that stays open would take in what the engine says below it.
  return (fence === null ? lines : [...lines, fence]).join('\n');
}

/** One line without markup: a title, or the first line of a commit message. */
export function outgoingTitle(text: string): string {
  return harmless(showHidden(text.replaceAll(/\s+/gu, ' ').trim()).replaceAll('<!--', '< !--'));
}

/** Where our own text quotes others: its markup is ours. */
export function harmless(text: string): string {
  return text
    .replaceAll(CLOSES_NUMBER, '$1 ')
    .replaceAll(MORE_NUMBERS, '$1 ')
    .replaceAll(CLOSES_NAME, '$1the one at ')
    .replaceAll(MENTION, '@ ')
    .replaceAll(SKIPS, '($1)')
    .replaceAll(SKIP_TRAILER, '$1 -')
    .replaceAll(IMAGE, '');
}
