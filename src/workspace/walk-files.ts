/** Lists what lies in a directory without following, opening or running anything. */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';

type EntryKind = 'file' | 'directory' | 'symlink' | 'special' | 'unreadable';

export interface Entry {
  /** Relative, with `/`. One character per byte (latin1), because a name need not be UTF-8. */
  path: string;
  name: string;
  kind: EntryKind;
}

/** Directories read at once. */
const PARALLEL = 16;

/** Every entry below `root`, parents before children. `enter` says which directories are walked into. */
export async function walkFiles(root: string, enter: (entry: Entry) => boolean): Promise<Entry[]> {
  const entries: Entry[] = [];
  let level = [''];
  while (level.length > 0) {
    const below: string[] = [];
    for (let at = 0; at < level.length; at += PARALLEL) {
      const lists = await Promise.all(level.slice(at, at + PARALLEL).map((dir) => listDirectory(root, dir)));
      for (const entry of lists.flat()) {
        entries.push(entry);
        if (entry.kind === 'directory' && enter(entry)) below.push(entry.path);
      }
    }
    level = below;
  }
  return entries;
}

/** The bytes of a path below `root`, for calls of `node:fs`. */
export function bytesOf(root: string, path: string): Buffer {
  return path === ''
    ? Buffer.from(root)
    : Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, 'latin1')]);
}

/** A path as text for people. */
export function readablePath(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

async function listDirectory(root: string, dir: string): Promise<Entry[]> {
  try {
    const found = await readdir(bytesOf(root, dir), { withFileTypes: true, encoding: 'latin1' });
    return found.map((entry) => ({
      path: dir === '' ? entry.name : `${dir}/${entry.name}`,
      name: entry.name,
      kind: kindOf(entry),
    }));
  } catch (error) {
    const name = dir.slice(dir.lastIndexOf('/') + 1);
    if (isRefusal(error)) return [{ path: dir, name, kind: 'unreadable' }];
    throw error;
  }
}

function kindOf(entry: Dirent): EntryKind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'special';
}

function isRefusal(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'EACCES' || code === 'EPERM' || code === 'ENAMETOOLONG';
}
