/** Text that was UTF-8 once and was read as Mac Roman: `‚Üí` where an arrow stood. */
import type { Diagnostic } from '../core/errors.ts';
import { warningAt } from './diagnose.ts';

/** Lead characters of two-byte sequences that stand in no language next to such a second one: `¬` and `√`. */
const SURE_TWO_BYTE_LEADS = new Set([0xc2, 0xc3]);

const macRomanBytes = new Map<string, number>(
  Array.from({ length: 128 }, (_, index) => {
    const byte = 0x80 + index;
    return [new TextDecoder('macintosh').decode(Uint8Array.of(byte)), byte];
  }),
);

interface Mojibake {
  offset: number;
  seen: string;
  meant: string;
}

/** The first garbled sequence of the text, or null. */
function findMojibake(text: string): Mojibake | null {
  for (const match of text.matchAll(/[^\0-\x7f]{2,4}/g)) {
    for (let start = 0; start < match[0].length - 1; start++) {
      const found = garbledAt(text, match.index + start);
      if (found !== null) return found;
    }
  }
  return null;
}

function garbledAt(text: string, offset: number): Mojibake | null {
  const lead = macRomanBytes.get(text[offset] ?? '');
  const length = lead === undefined ? 0 : sequenceLength(lead);
  if (length === 0) return null;
  const seen = text.slice(offset, offset + length);
  const bytes = Array.from(seen, (char) => macRomanBytes.get(char) ?? 0);
  try {
    const meant = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
    return { offset, seen, meant };
  } catch {
    // Not UTF-8 when read that way: ordinary text.
    return null;
  }
}

/** How many bytes UTF-8 starts with this one, 0 where it is no lead, or one that ordinary text has too. */
function sequenceLength(lead: number): number {
  if (SURE_TWO_BYTE_LEADS.has(lead)) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/** A warning at the first garbled sequence of a file's text; none where all of it reads. */
export function mojibakeIn(text: string, file: string): Diagnostic[] {
  const found = findMojibake(text);
  if (found === null) return [];
  const before = text.slice(0, found.offset);
  const place = { file, line: before.split('\n').length, col: found.offset - before.lastIndexOf('\n') };
  const message = `\`${found.seen}\` was probably \`${found.meant}\`: the text was once read as Mac Roman. It is kept as it is.`;
  return [warningAt(place, 'W_MOJIBAKE', message, 'Save the original again as UTF-8.')];
}
