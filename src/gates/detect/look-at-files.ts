/** What lies in a folder, and what small files say. */
import { lstat, readdir, readFile } from 'node:fs/promises';

const MAX_FILE_BYTES = 1024 * 1024;

/** Sorted; none where the folder cannot be read. */
export async function namesIn(path: string): Promise<string[]> {
  return (await readdir(path).catch(() => [])).toSorted((a, b) => (a < b ? -1 : 1));
}

/** null where there is no plain file of a sensible size. */
export async function readText(file: string): Promise<string | null> {
  const info = await lstat(file).catch(() => null);
  if (info === null || !info.isFile() || info.size > MAX_FILE_BYTES) return null;
  return readFile(file, 'utf8');
}
