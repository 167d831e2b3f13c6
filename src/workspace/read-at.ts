/** A file of a user's repository as it is at a commit. What lies in the working tree is not part of a run. */
import { posix } from 'node:path';
import type { RepoBase } from '../core/records.ts';
import { askGit, runGit } from './git.ts';

/** More of a file than this is nobody's to read. */
const MAX_BYTES = 1024 * 1024;
/** A link to a link, and no further: `CLAUDE.md` → `AGENTS.md` is usual, rounds are not. */
const MAX_LINKS = 2;

/**
 * Its bytes, and the path where they lie: links within the repository are followed. null where there is no such file.
 * What is longer than 1 MB is cut one byte behind it, so that the reader notices.
 */
export async function readAt(repo: RepoBase, path: string): Promise<{ path: string; bytes: Buffer } | null> {
  let at: string | null = path;
  for (let links = 0; at !== null && links <= MAX_LINKS; links += 1) {
    const entry = await entryAt(repo, at);
    if (entry === null) return null;
    const bytes = await readEntry(repo, entry.blob);
    if (entry.mode !== '120000') return { path: at, bytes };
    at = linked(at, bytes.toString('utf8'));
  }
  return null;
}

async function entryAt(repo: RepoBase, path: string): Promise<{ mode: string; blob: string } | null> {
  const args = ['--literal-pathspecs', 'ls-tree', '-z', '--full-tree', repo.commit, '--', path];
  const answer = await askGit({ gitDir: null, cwd: repo.path, args });
  const [, mode, blob, found] = /^(\d+) blob ([0-9a-f]+)\t([^\0]*)\0/.exec(answer) ?? [];
  return mode === undefined || blob === undefined || found !== path ? null : { mode, blob };
}

async function readEntry(repo: RepoBase, blob: string): Promise<Buffer> {
  const args = ['cat-file', 'blob', blob];
  const call = { gitDir: null, cwd: repo.path, args, maxBytes: MAX_BYTES + 1, overflow: 'cut' } as const;
  return (await runGit(call)).stdout;
}

/** Where a link leads; null: out of the repository. */
function linked(path: string, target: string): string | null {
  if (posix.isAbsolute(target)) return null;
  const to = posix.join(posix.dirname(path), target);
  return to === '..' || to.startsWith('../') ? null : to;
}
