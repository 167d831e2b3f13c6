/** Folders with numbers for names: each use makes one of its own, and disturbs no other. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The next free number under this folder, made; several processes at once get different ones. */
export function makeNumberedFolder(parent: string): string {
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  for (let n = 1; ; n += 1) {
    const dir = join(parent, String(n));
    try {
      mkdirSync(dir);
      return dir;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // mkdirSync throws system errors
    }
  }
}
