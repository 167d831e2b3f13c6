/** Finds a program's result in what it printed: the last line that holds anything. Everything before it is data. */
import { extractResult } from '../definitions/last-line.ts';

export type LastLine =
  | { kind: 'result'; value: unknown }
  | { kind: 'no_result' }
  | { kind: 'invalid_output'; detail: string };

/** What a result may have, however it is handed in. */
export const MAX_RESULT_BYTES = 4 * 1024 * 1024;

const NEWLINE = 0x0a;
const BLANK = new Set([0x09, NEWLINE, 0x0b, 0x0c, 0x0d, 0x20]);

/**
 * Looks from the end, so that the length of what stands before does not matter. Bytes that are no text are replaced.
 * `isCut`: there was more before it, so that a line without a beginning is too long.
 */
export function readLastLine(raw: Uint8Array, isCut = false): LastLine {
  let end = raw.length;
  while (end > 0 && BLANK.has(raw[end - 1] ?? 0)) end -= 1;
  if (end === 0) return { kind: 'no_result' };
  const start = raw.lastIndexOf(NEWLINE, end - 1) + 1;
  if (end - start > MAX_RESULT_BYTES || (isCut && start === 0)) {
    const detail = `The last line has more than ${MAX_RESULT_BYTES} bytes, and a result may have no more: leave what is long in files.`;
    return { kind: 'invalid_output', detail };
  }
  const line = new TextDecoder().decode(raw.subarray(start, end));
  const extracted = extractResult(line);
  if (!extracted.ok) return { kind: 'invalid_output', detail: `${capital(extracted.problem)}.` };
  // Halves of a surrogate pair cannot be stored as UTF-8: what is hashed would not be what is read back.
  const hasSurrogates = /\\ud[89a-f]/i.test(line);
  return { kind: 'result', value: hasSurrogates ? wellFormed(extracted.value) : extracted.value };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The same value with text that can be stored: lone halves of surrogate pairs are replaced. */
export function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map((item) => wellFormed(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.toWellFormed(), wellFormed(item)]),
  );
}
