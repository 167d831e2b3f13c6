/**
 * Files of a workspace, opened so that nothing waits. What is no plain file (a pipe, a socket, a device) can wait for ever for
 * its other end, and with a synchronous call this process would wait with it, its time limits too: no call here is one.
 */
import type { Stats } from 'node:fs';
import { constants, lstat, open, type FileHandle } from 'node:fs/promises';

/** A pipe without a reader, a socket, a link. */
const NO_FILE_CODES = ['ENXIO', 'ELOOP'];

/** What stands there itself, not where it leads; null: nothing. */
export async function entryAt(place: string): Promise<Stats | null> {
  try {
    return await lstat(place);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

export function openForReading(place: string, path: string): Promise<FileHandle> {
  return openPlain(place, path, constants.O_RDONLY);
}

/** What stands in it stays until it is cut. */
export function openForWriting(place: string, path: string): Promise<FileHandle> {
  return openPlain(place, path, constants.O_WRONLY | constants.O_CREAT);
}

/** A plain file and nothing else, whatever took its place since it was looked at. `path` is what the model calls it. */
async function openPlain(place: string, path: string, flags: number): Promise<FileHandle> {
  let handle: FileHandle | null = null;
  try {
    handle = await open(place, flags | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    if ((await handle.stat()).isFile()) return handle;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new Error(`There is no ${path}.`, { cause: error });
    if (!NO_FILE_CODES.includes(codeOf(error))) throw error;
  }
  await handle?.close();
  throw noFile(path);
}

export function noFile(path: string): Error {
  return new Error(`${path} is no file.`);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
