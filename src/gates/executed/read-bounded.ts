/** What a watched run left in its folder, as far as the engine can hold it: tests can write there whatever they like. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
const MIB = 1024 * 1024;
const MAX_BYTES = 64 * MIB;
/** Bytes of all files of one watched run. */
const MAX_RUN_BYTES = 256 * MIB;
/** Names of one folder. */
export const MAX_FILES = 10_000;

interface Left {
  /** null: there is no such file, or none that can be read, or it is too large. */
  text: string | null;
  isTooLarge: boolean;
}

/** Reads files of this folder until they are too much together. */
export function readBounded(folder: string): (name: string) => Promise<Left> {
  let left = MAX_RUN_BYTES;
  return async (name) => {
    try {
      // No link is followed, and nothing waits for somebody at the other end.
      await using file = await open(join(folder, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      const info = await file.stat();
      if (!info.isFile()) return { text: null, isTooLarge: false };
      if (info.size > Math.min(left, MAX_BYTES)) return { text: null, isTooLarge: true };
      left -= info.size;
      return { text: await file.readFile('utf8'), isTooLarge: false };
    } catch {
      return { text: null, isTooLarge: false };
    }
  };
}

/** undefined: cut off, or somebody else's file, which says nothing. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
