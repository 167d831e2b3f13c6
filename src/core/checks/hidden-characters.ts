/** Characters that people do not see, or that reorder what they see. A model reads them all the same. */

/**
 * Control characters but tab and line ends; bidirectional and invisible marks, fillers, separators of lines, tag characters and
 * the variation selectors that can carry bytes, lone surrogates. Not the joiners and selectors that emoji and scripts need.
 */
export const HIDDEN =
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  /[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\u{e0100}-\u{e01ef}]|\u034f|\p{Surrogate}/gu;

/** Most texts hold nothing else, and this tells so many times faster. */
const PLAIN = /^[\t\n\r -~]*$/;

/** The text with each of them as its code, in a form that JSON reads as the character again. */
export function showHidden(text: string): string {
  return PLAIN.test(text) ? text : text.replace(HIDDEN, codeOf);
}

/** Their codes, in order. */
export function hiddenIn(text: string): string[] {
  return PLAIN.test(text) ? [] : (text.match(HIDDEN) ?? []).map(codeOf);
}

/** Of one UTF-16 unit after the other. */
function codeOf(character: string): string {
  return Array.from({ length: character.length }, (_, at) => unit(character.charCodeAt(at))).join('');
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
