/** What differs between two trees, by git's own measure. */
import { runGit } from './git.ts';
import type { FileChange } from './workspaces.ts';

/** A change with what only the engine looks at: file modes, and the path's bytes as latin1. */
export interface TreeChange {
  change: FileChange;
  bytes: string;
  oldMode: string;
  newMode: string;
  newBlob: string;
  /** Of this path in the base; empty where it was not there. */
  oldBlob: string;
}

const STATUSES: Readonly<Record<string, FileChange['status']>> = {
  A: 'added',
  M: 'modified',
  D: 'deleted',
  R: 'renamed',
  T: 'type_changed',
};

/**
 * Changes of one repository, sorted by path. A renamed file is there twice: `renamed` under its new path with the
 * changed lines, and `deleted` with none under its old one, so that nothing moves out of a protected path unseen.
 */
export async function treeChanges(options: {
  store: string;
  repo: string;
  from: string;
  to: string;
}): Promise<TreeChange[]> {
  if (options.from === options.to) return [];
  const args = ['diff-tree', '-r', '-z', '-M', '--raw', '--numstat', '--no-ext-diff', '--no-textconv'];
  const answer = await runGit({ gitDir: options.store, args: [...args, options.from, options.to] });
  const changes = parseChanges(options.repo, answer.stdout.toString('latin1').split('\0'));
  return changes.sort((a, b) => (a.bytes < b.bytes ? -1 : a.bytes > b.bytes ? 1 : 0));
}

/** First all raw records (`:old new oldblob newblob S`, path, second path of a rename), then all numbers. */
function parseChanges(repo: string, fields: string[]): TreeChange[] {
  const changes: TreeChange[] = [];
  const byPath = new Map<string, FileChange>();
  let at = 0;
  const next = (): string => fields[at++] ?? '';
  const add = (bytes: string, status: FileChange['status'], modes: string[], blobs: string[]): void => {
    const path = Buffer.from(bytes, 'latin1').toString('utf8');
    const change: FileChange = { repo, path, status, linesAdded: 0, linesRemoved: 0 };
    const [oldMode = '', newMode = ''] = modes;
    const [oldBlob = '', newBlob = ''] = blobs;
    changes.push({ change, bytes, oldMode, newMode, oldBlob, newBlob });
    if (status !== 'deleted' || !byPath.has(bytes)) byPath.set(bytes, change);
  };
  while (fields[at]?.startsWith(':') === true) {
    const [oldMode = '', newMode = '', oldBlob = '', blob = '', letter = ''] = next().slice(1).split(' ');
    const renamedFrom = letter.startsWith('R') ? next() : null;
    if (renamedFrom !== null) add(renamedFrom, 'deleted', [oldMode, '000000'], [oldBlob, '']);
    const status = STATUSES[letter.slice(0, 1)] ?? 'modified';
    add(next(), status, [oldMode, newMode], [renamedFrom === null ? oldBlob : '', blob]);
  }
  while (at < fields.length && fields[at] !== '') readNumbers(next, byPath);
  return changes;
}

/** `added TAB removed TAB path`; a rename has an empty path and two fields more; a binary file has dashes. */
function readNumbers(next: () => string, byPath: Map<string, FileChange>): void {
  const [added = '', removed = '', ...rest] = next().split('\t');
  let path = rest.join('\t');
  if (path === '') {
    next();
    path = next();
  }
  const change = byPath.get(path);
  if (change === undefined) return;
  change.linesAdded = Number.parseInt(added, 10) || 0;
  change.linesRemoved = Number.parseInt(removed, 10) || 0;
}
