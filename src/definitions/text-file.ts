/** Reads the files that people write: bounded, UTF-8, and nothing a terminal or parser could be fooled with. */
import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { Diagnostic, SourcePlace } from '../core/errors.ts';
import { errorAt } from './diagnose.ts';
import { findWayOut, type WayOut } from './leads-out.ts';

/** No definition is larger; a larger file is refused before it is read. */
export const MAX_FILE_BYTES = 1024 * 1024;

export type BytesResult = { ok: true; bytes: Uint8Array } | { ok: false; diagnostic: Diagnostic };
export type TextResult = { ok: true; text: string } | { ok: false; diagnostic: Diagnostic };

/**
 * Reads a regular file of bounded size, from within the repository that it lies in; `folder` bounds what lies in none.
 * What is wrong comes back as a diagnostic; it does not throw.
 */
export function readBytes(file: string, folder?: string): BytesResult {
  const place = { file, line: 1, col: 1 };
  try {
    const wayOut = findWayOut(file, folder);
    if (wayOut !== null) return refuse(leadsOut(file, wayOut));
    const stat = statSync(file);
    if (!stat.isFile()) return refuse(errorAt(place, 'E_NOT_FOUND', 'This is no file.', 'Name a file.'));
    if (stat.size > MAX_FILE_BYTES) return refuse(tooLarge(file));
    return { ok: true, bytes: readBounded(file) };
  } catch (error) {
    // Of a file that nobody read there is no line to name.
    const message = `${file} cannot be read: ${whyUnread(error)}.`;
    return refuse(errorAt(null, 'E_NOT_FOUND', message, 'Check the path and its permissions.'));
  }
}

const WHY_UNREAD: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'its permissions do not allow it',
  EPERM: 'its permissions do not allow it',
  ELOOP: 'its links lead in a circle',
};

/** In words where the system's code is a usual one. */
function whyUnread(error: unknown): string {
  const { code = '', message } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : { message: String(error) };
  return WHY_UNREAD[code] ?? message;
}

/** One byte more than is allowed, so that a file that grew meanwhile is noticed later on. */
function readBounded(file: string): Uint8Array {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(MAX_FILE_BYTES + 1);
    let length = 0;
    for (;;) {
      const count = readSync(descriptor, buffer, length, buffer.length - length, null);
      length += count;
      if (count === 0 || length === buffer.length) return Buffer.from(buffer.subarray(0, length));
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Bytes to text. A byte order mark and CRLF are fine; every other encoding is refused with its byte offset. */
export function decodeText(bytes: Uint8Array, file: string): TextResult {
  if (bytes.length > MAX_FILE_BYTES) return refuse(tooLarge(file));
  const wrong = encodingFault(bytes);
  if (wrong !== null) {
    const message = `Byte ${wrong.offset}: ${wrong.problem}.`;
    return refuse(
      errorAt(
        placeOfByte(bytes, wrong.offset, file),
        'E_ENCODING',
        message,
        'Save the file as UTF-8 with LF or CRLF line ends.',
      ),
    );
  }
  return { ok: true, text: new TextDecoder().decode(bytes) };
}

function encodingFault(bytes: Uint8Array): { offset: number; problem: string } | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { offset: 0, problem: 'this is UTF-16 (little endian)' };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { offset: 0, problem: 'this is UTF-16 (big endian)' };
  const faults = [
    { offset: bytes.indexOf(0), problem: 'a NUL character' },
    { offset: invalidUtf8(bytes), problem: 'this is not valid UTF-8' },
    { offset: loneCarriageReturn(bytes), problem: 'a carriage return without a line feed' },
  ].filter((fault) => fault.offset !== -1);
  return faults.sort((a, b) => a.offset - b.offset)[0] ?? null;
}

/** Offset of the first byte that is not UTF-8, -1 where all are. */
function invalidUtf8(bytes: Uint8Array): number {
  if (isUtf8(bytes)) return -1;
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  let offset = 0;
  let from = 0;
  for (let index = text.indexOf('\uFFFD'); index !== -1; index = text.indexOf('\uFFFD', from)) {
    offset += Buffer.byteLength(text.slice(from, index));
    // A replacement character that was really written is three bytes of valid UTF-8.
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd) return offset;
    offset += 3;
    from = index + 1;
  }
  return -1;
}

function loneCarriageReturn(bytes: Uint8Array): number {
  for (let offset = bytes.indexOf(13); offset !== -1; offset = bytes.indexOf(13, offset + 1)) {
    if (bytes[offset + 1] !== 10) return offset;
  }
  return -1;
}

function placeOfByte(bytes: Uint8Array, offset: number, file: string): SourcePlace {
  const before = bytes.subarray(0, offset);
  const lineStart = before.lastIndexOf(10) + 1;
  return { file, line: before.filter((byte) => byte === 10).length + 1, col: offset - lineStart + 1 };
}

function leadsOut(file: string, { real, root }: WayOut): Diagnostic {
  return errorAt(
    { file, line: 1, col: 1 },
    'E_PATH_OUTSIDE',
    `It leads to ${real}, outside of ${root}: whoever made the link would choose what is read here.`,
    'Put the file itself there, or name where it really lies.',
  );
}

function tooLarge(file: string): Diagnostic {
  const place = { file, line: 1, col: 1 };
  return errorAt(
    place,
    'E_CONFIG_LIMIT',
    `The file is larger than ${MAX_FILE_BYTES} bytes.`,
    'Split it, or name the right file.',
  );
}

function refuse(diagnostic: Diagnostic): { ok: false; diagnostic: Diagnostic } {
  return { ok: false, diagnostic };
}
