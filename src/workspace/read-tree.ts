/** The plain files of a stored tree, and the texts of many of them by one git. */
import { runGit } from './git.ts';

export interface TreeFile {
  path: string;
  blob: string;
  /** Bytes. */
  size: number;
}

/** No links, no submodules. */
export async function listTree(store: string, tree: string): Promise<TreeFile[]> {
  const answer = await runGit({ gitDir: store, args: ['ls-tree', '-r', '-l', '-z', tree] });
  return answer.stdout
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      const [, mode = '', blob = '', size = '', path = ''] =
        /^(\d+) blob ([0-9a-f]+) +(\d+)\t(.*)$/s.exec(line) ?? [];
      return mode.startsWith('100') ? [{ path, blob, size: Number(size) }] : [];
    });
}

/** What is no blob is left out. */
export async function readBlobs(store: string, blobs: Iterable<string>): Promise<Map<string, Uint8Array>> {
  const names = [...new Set(blobs)];
  if (names.length === 0) return new Map();
  const input = names.map((name) => `${name}\n`).join('');
  const { stdout } = await runGit({ gitDir: store, args: ['cat-file', '--batch'], input });
  const found = new Map<string, Uint8Array>();
  for (let at = 0; at < stdout.length;) {
    const end = stdout.indexOf(0x0a, at);
    if (end === -1) break;
    const [name = '', type = '', size = ''] = stdout.toString('utf8', at, end).split(' ');
    const length = type === 'missing' ? 0 : Number(size);
    if (type === 'blob') found.set(name, stdout.subarray(end + 1, end + 1 + length));
    at = type === 'missing' ? end + 1 : end + 2 + length;
  }
  return found;
}
