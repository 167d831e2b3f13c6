/** Characters that people do not see, or that reorder what they see. A model reads them all the same. */

/**
 * Control characters but tab and line ends; bidirectional and invisible marks, fillers, separators of lines, tag characters and
 * the variation selectors that can carry bytes, lone surrogates. Not the joiners and selectors that emoji and scripts need.
 */
export const HIDDEN =
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  /[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\u{e0100}-\u{e01ef}]|\u034f|\p{Surrogate}/gu;

/** The flags of England, Scotland and Wales, which are spelled in tag characters. */
const FLAGS = ['gbeng', 'gbsct', 'gbwls'].map((region) => `\u{1f3f4}${tagged(region)}\u{e007f}`).join('|');
/** Scripts without spaces between words: there U+200B says where a line may be broken. */
const WITHOUT_SPACES = String.raw`[\p{Script=Khmer}\p{Script=Thai}\p{Script=Lao}\p{Script=Myanmar}]`;
const KEPT = String.raw`${FLAGS}|(?<=${WITHOUT_SPACES})\u200b|\u200b(?=${WITHOUT_SPACES})`;
const KEPT_OR_HIDDEN = new RegExp(`(${KEPT})|${HIDDEN.source}`, 'gu');

/** Most texts hold nothing else, and this tells so many times faster. */
const PLAIN = /^[\t\n\r -~]*$/;

/** The text with each of them as its code, in a form that JSON reads as the character again; what scripts and flags are spelled with stays. */
export function showHidden(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(KEPT_OR_HIDDEN, (found, kept?: string) => kept ?? codeOf(found));
}

/** Their codes, in order; without what scripts and flags are spelled with. */
export function hiddenIn(text: string): string[] {
  if (PLAIN.test(text)) return [];
  return [...text.matchAll(KEPT_OR_HIDDEN)].flatMap(([found, kept]) =>
    kept === undefined ? [codeOf(found)] : [],
  );
}

function tagged(word: string): string {
  return Array.from(word, (letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('');
}

/** Of one UTF-16 unit after the other. */
function codeOf(character: string): string {
  return Array.from({ length: character.length }, (_, at) => unit(character.charCodeAt(at))).join('');
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
