/** The git directory of a clone as it was made, before anybody worked in it: the next clone of the same commit is written from it. */
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { walkFiles } from './walk-files.ts';

/** In the order in which they are made. */
export interface KeptClone {
  folders: string[];
  files: { path: string; mode: number; content: Buffer }[];
}

/** null: it holds more than `maxBytes`. */
export async function readClone(gitDir: string, maxBytes: number): Promise<KeptClone | null> {
  const entries = await walkFiles(gitDir, () => true);
  const found = entries
    .filter(({ kind }) => kind === 'file')
    .map(({ path }) => ({ path, stat: lstatSync(join(gitDir, path)) }));
  if (found.reduce((sum, { stat }) => sum + stat.size, 0) > maxBytes) return null;
  const files = found.map(({ path, stat }) => ({
    path,
    mode: stat.mode & 0o777,
    content: readFileSync(join(gitDir, path)),
  }));
  // Empty folders are made where something is put into them.
  const isNeeded = (folder: string): boolean => files.some(({ path }) => path.startsWith(`${folder}/`));
  const folders = entries.filter(({ kind, path }) => kind === 'directory' && isNeeded(path));
  return { folders: folders.map(({ path }) => path), files };
}

export function weighClone(clone: KeptClone | null): number {
  return (clone?.files ?? []).reduce((sum, { content }) => sum + content.length, 0);
}

/** Files of its own: nothing is shared with another clone. */
export function writeClone(gitDir: string, { folders, files }: KeptClone): void {
  mkdirSync(gitDir, { recursive: true, mode: 0o700 });
  for (const path of folders) mkdirSync(join(gitDir, path), { mode: 0o700 });
  for (const { path, mode, content } of files)
    writeFileSync(join(gitDir, path), content, { mode, flag: 'wx' });
}
