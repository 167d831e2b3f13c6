/**
 * What no output may hold. The first look runs before git does, because git itself would hang on a pipe named
 * .gitignore and would start another git inside a nested repository.
 */
import { lstat, readlink } from 'node:fs/promises';
import { runGit } from './git.ts';
import { bytesOf, readablePath, walkFiles, type Entry } from './walk-files.ts';
import type { TreeChange } from './changes.ts';

export interface RefusedPath {
  path: string;
  problem: string;
  /** Left out: it leads, or is, where nothing may be. */
  code?: 'E_SECRET';
}

/** Files that git opens by itself while it lists a directory. */
const READ_BY_GIT = new Set(['.gitignore', '.gitattributes', '.gitmodules']);
/** What `.git` is called on file systems that ignore case or keep short names. */
const GIT_DIRECTORY_NAME = /^(\.git|git~\d+)$/i;
const MAX_LINK_HOPS = 40;
const SUBMODULE_MODE = '160000';
const SYMLINK_MODE = '120000';

/** Entries that git must not meet; those below an ignored path are no output and are left alone. */
export async function findUnsafeEntries(options: {
  store: string;
  indexFile: string;
  checkout: string;
  entries: readonly Entry[];
}): Promise<RefusedPath[]> {
  const unsafe = options.entries.flatMap((entry) => describeUnsafe(entry));
  if (unsafe.length === 0) return [];
  const trap = unsafe.some((found) => READ_BY_GIT.has(found.entry.name));
  const ignored = trap
    ? new Set<string>()
    : await ignoredPaths(
        options,
        unsafe.map((found) => found.subject),
      );
  return unsafe
    .filter((found) => !ignored.has(found.subject))
    .map((found) => ({ path: readablePath(found.entry.path), problem: found.problem }));
}

/** Everything in a checkout but its own `.git`; nested ones are seen and not entered. */
export function walkCheckout(checkout: string): Promise<Entry[]> {
  return walkFiles(checkout, (entry) => !GIT_DIRECTORY_NAME.test(entry.name));
}

function describeUnsafe(entry: Entry): { entry: Entry; subject: string; problem: string }[] {
  if (entry.path === '.git') return [];
  if (GIT_DIRECTORY_NAME.test(entry.name)) {
    const parent = entry.path.slice(0, -entry.name.length);
    return [
      {
        entry,
        subject: parent === '' ? entry.path : parent,
        problem: 'is a repository inside the repository',
      },
    ];
  }
  if (entry.kind === 'special')
    return [{ entry, subject: entry.path, problem: 'is a pipe, socket or device' }];
  if (entry.kind === 'unreadable') return [{ entry, subject: entry.path, problem: 'cannot be read' }];
  return [];
}

/** Paths git would rather not answer for, as those inside a submodule, count as not ignored. */
async function ignoredPaths(
  options: { store: string; indexFile: string; checkout: string },
  subjects: string[],
): Promise<Set<string>> {
  const answer = await runGit({
    gitDir: options.store,
    workTree: options.checkout,
    indexFile: options.indexFile,
    args: ['check-ignore', '-z', '--stdin'],
    // Of all commands this one refuses literal pathspecs; `./` keeps a leading colon from being magic.
    env: { GIT_LITERAL_PATHSPECS: '0' },
    input: Buffer.from(subjects.map((subject) => `./${subject}\0`).join(''), 'latin1'),
    answers: [1, 128],
  });
  const found = answer.code === 0 ? answer.stdout.toString('latin1').split('\0') : [];
  return new Set(found.map((path) => path.slice('./'.length)));
}

/** Changes that are refused although git can store them: submodules, links that lead out, names that are no text. */
export async function findRefusedChanges(
  checkout: string,
  changes: readonly TreeChange[],
): Promise<RefusedPath[]> {
  const refused: RefusedPath[] = [];
  for (const change of changes) {
    const problem = await problemOf(checkout, change);
    if (problem !== null) refused.push({ path: change.change.path, problem });
  }
  return refused;
}

async function problemOf(checkout: string, change: TreeChange): Promise<string | null> {
  if (change.oldMode === SUBMODULE_MODE || change.newMode === SUBMODULE_MODE) return 'changes a submodule';
  if (change.bytes === '.gitmodules') return 'changes what is a submodule';
  if (Buffer.from(change.change.path, 'utf8').toString('latin1') !== change.bytes)
    return 'has a name that is not UTF-8';
  return change.newMode === SYMLINK_MODE ? linkProblem(checkout, change.bytes) : null;
}

/** Follows a link by hand, one component at a time, without ever stepping outside. */
async function linkProblem(checkout: string, link: string): Promise<string | null> {
  const at = link.split('/').slice(0, -1);
  const ahead = [link.slice(link.lastIndexOf('/') + 1)];
  for (let hops = 0; ahead.length > 0;) {
    const part = ahead.shift() ?? '';
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined) return 'is a symlink that leads out of the repository';
      continue;
    }
    const target = await linkTarget(checkout, [...at, part].join('/'));
    if (target === null) {
      at.push(part);
      if (GIT_DIRECTORY_NAME.test(at[0] ?? '')) return 'is a symlink into .git';
      continue;
    }
    hops += 1;
    if (hops > MAX_LINK_HOPS) return 'is a symlink in a loop';
    if (target.startsWith('/')) return 'is a symlink to an absolute path';
    ahead.unshift(...target.split('/'));
  }
  return null;
}

/** null: no symlink, or nothing there. */
async function linkTarget(checkout: string, path: string): Promise<string | null> {
  const place = bytesOf(checkout, path);
  const found = await lstat(place).catch(() => null);
  return found?.isSymbolicLink() === true ? readlink(place, 'latin1') : null;
}
