/** The request of a command line: in words, or from a file. */
import { resolve } from 'node:path';
import { decodeText, readBytes } from '../../definitions/text-file.ts';
import { usageError } from '../command.ts';
import type { CliContext } from '../context.ts';

/** Where a request comes from, and the command that wants it. */
export interface RequestSource {
  words: string | undefined;
  file: string | undefined;
  command: string;
  /** Taken where the command line says nothing. */
  otherwise?: string | undefined;
}

/** The trimmed text; refuses none, an empty one, and two at once. */
export function readRequest({ words, file, command, otherwise }: RequestSource, context: CliContext): string {
  if (words !== undefined && file !== undefined)
    throw usageError('There are two requests: one in words and one in a file.', 'Leave one of them out.');
  const text = file === undefined ? (words ?? otherwise) : readText(resolve(context.cwd, file));
  if (text === undefined || text.trim() === '')
    throw usageError(
      'There is no request.',
      `Say what you want: \`baton ${command} "Add …"\`, or name a file: --file REQUEST.md.`,
    );
  return text.trim();
}

function readText(path: string): string {
  const read = readBytes(path);
  const decoded = read.ok ? decodeText(read.bytes, path) : read;
  if (decoded.ok) return decoded.text;
  throw usageError(
    `The request cannot be read from ${path}: ${decoded.diagnostic.message}`,
    'Name a plain text file (UTF-8) that you may read.',
  );
}
