/** The request of a command line: in words, or from a file. */
import { readSync } from 'node:fs';
import { resolve } from 'node:path';
import { decodeText, MAX_FILE_BYTES, readBytes } from '../../definitions/text-file.ts';
import { usageError } from '../command.ts';
import type { CliContext } from '../context.ts';
import { withoutSecrets } from '../without-secrets.ts';

const CHUNK_BYTES = 64 * 1024;
const POLL_MS = 20;

/** Where a request comes from, and the command that wants it. */
export interface RequestSource {
  words: string | undefined;
  file: string | undefined;
  command: string;
  /** Taken where the command line says nothing. */
  otherwise?: string | undefined;
}

/**
 * The trimmed text, without secrets before anybody sees it: rules, an agent that is asked for a second opinion, a terminal.
 * Refuses none, an empty one, and two at once.
 */
export async function readRequest(
  { words, file, command, otherwise }: RequestSource,
  context: CliContext,
): Promise<string> {
  if (words !== undefined && file !== undefined)
    throw usageError('There are two requests: one in words and one in a file.', 'Leave one of them out.');
  const text = file === undefined ? (words ?? otherwise) : readFrom(file, context.cwd);
  if (text === undefined || text.trim() === '')
    throw usageError(
      'There is no request.',
      `Say what you want: \`baton ${command} "Add …"\`, or name a file: --file REQUEST.md.`,
    );
  return withoutSecrets(text.trim(), context);
}

/** `-` is what is piped in, until its end. */
function readFrom(file: string, folder: string): string {
  return file === '-' ? textOf(decodeText(readStdin(), 'stdin'), 'stdin') : readText(resolve(folder, file));
}

/** One byte more than is taken at most: then it is refused. */
function readStdin(): Uint8Array {
  const chunks: Buffer[] = [];
  let total = 0;
  while (total <= MAX_FILE_BYTES) {
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, MAX_FILE_BYTES + 1 - total));
    const bytes = readSome(chunk);
    if (bytes === 0) break;
    chunks.push(chunk.subarray(0, bytes));
    total += bytes;
  }
  return Buffer.concat(chunks);
}

function readSome(into: Buffer): number {
  for (;;) {
    try {
      return readSync(0, into);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      // Nothing there yet.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
    }
  }
}

function readText(path: string): string {
  const read = readBytes(path);
  const decoded = read.ok ? decodeText(read.bytes, path) : read;
  return textOf(decoded, path);
}

function textOf(decoded: ReturnType<typeof decodeText>, source: string): string {
  if (decoded.ok) return decoded.text;
  const { place, message } = decoded.diagnostic;
  // What could not be read at all is named in the message itself.
  throw usageError(
    place === null
      ? `The request cannot be taken: ${message}`
      : `The request cannot be read from ${source}: ${message}`,
    'Name a plain text file (UTF-8) that you may read.',
  );
}
