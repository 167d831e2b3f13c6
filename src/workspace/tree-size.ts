/** How large a repository's tree is, by git alone: said before a run starts where copies of it take time and room. */
import { runGit } from './git.ts';

export interface TreeSize {
  files: number;
  bytes: number;
  largest: { path: string; bytes: number } | null;
  /** False where counting was stopped: there is more. */
  whole: boolean;
}

/** From here on people are told. */
const MANY_FILES = 50_000;
const MANY_BYTES = 1024 ** 3;
const LARGE_FILE_BYTES = 256 * 1024 ** 2;

/** Some 800,000 files with paths of 60 characters. */
const MAX_LISTED_BYTES = 96 * 1024 ** 2;
const COUNT_MS = 10_000;

const TAB = 0x09;

/** null: git was not done in time. */
export async function measureTree(
  path: string,
  commit: string,
  timeoutMs = COUNT_MS,
): Promise<TreeSize | null> {
  const args = ['ls-tree', '-r', '-l', '-z', '--full-tree', commit];
  const call = { gitDir: null, cwd: path, args, maxBytes: MAX_LISTED_BYTES, timeoutMs } as const;
  const answer = await runGit({ ...call, overflow: 'cut' }).catch(() => null);
  return answer === null ? null : sizeOf(answer.stdout, !answer.cut);
}

/** A sentence without the repository's name; null: nothing that anybody would notice. */
export async function sayTreeSize(path: string, commit: string): Promise<string | null> {
  const size = await measureTree(path, commit);
  if (size === null) return `its tree is so large that ${COUNT_MS / 1000} s were too short to count it`;
  const { files, bytes, largest } = size;
  const isLargest = largest !== null && largest.bytes >= LARGE_FILE_BYTES;
  if (files < MANY_FILES && bytes < MANY_BYTES && !isLargest) return null;
  const alone = isLargest ? `, ${largest.path} alone ${inWords(largest.bytes)}` : '';
  const least = size.whole ? '' : 'at least ';
  const count = `${least}${files.toLocaleString('en-US')} files with ${inWords(bytes)}${alone}`;
  return `it is large: ${count}; each attempt at work, and gates for what they check, write a copy of that`;
}

/** `ls-tree -l -z`: mode, kind, name and size, a tab, the path. What has no size is no file. */
function sizeOf(listed: Buffer, whole: boolean): TreeSize {
  const total: TreeSize = { files: 0, bytes: 0, largest: null, whole };
  for (let start = 0, end = listed.indexOf(0); end !== -1; start = end + 1, end = listed.indexOf(0, start)) {
    const tab = listed.indexOf(TAB, start);
    const bytes = Number(
      listed
        .toString('latin1', Math.max(start, tab - 12), tab)
        .trim()
        .split(' ')
        .at(-1),
    );
    if (tab === -1 || tab > end || Number.isNaN(bytes)) continue;
    total.files += 1;
    total.bytes += bytes;
    if (bytes > (total.largest?.bytes ?? 0))
      total.largest = { path: listed.toString('utf8', tab + 1, end), bytes };
  }
  return total;
}

const inWords = (bytes: number): string =>
  bytes < MANY_BYTES ? `${Math.ceil(bytes / 1024 ** 2)} MiB` : `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
