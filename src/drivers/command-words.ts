/** The words of a command: which are files, and what of the disk the command needs behind a wall. */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { isSystemPath } from '../workspace/wall/system-mounts.ts';
import { findProgram, pathFolders } from './process/program.ts';

/** Folders with one of these hold secrets or state: of those only the plain entries are shown. */
const PRIVATE_ENTRY = /^\.(baton|git|ssh|aws|gnupg|docker|kube|config|npmrc|netrc|pypirc|env(\..*)?)$/;
const MAX_ENTRIES = 500;
/** Small programs of version managers that look up the real one in a home that is not there behind a wall. */
const SHIMS = 'shims';

/** Makes words absolute that name an existing file in the caller's folder; all others stay as they are. */
export function resolveCommandWords(
  words: readonly string[],
  callerDir: string,
  isFile: (path: string) => boolean = isExistingFile,
): string[] {
  return words.map((word) => {
    if (word === '' || isAbsolute(word)) return word;
    const path = resolve(callerDir, word);
    return isFile(path) ? path : word;
  });
}

/** Folders and files beyond the system's own that the command has to read: its program, its scripts, their packages. */
export function commandMounts(words: readonly string[], options: { path: string; home: string }): string[] {
  const [file = '', ...rest] = words;
  const folders = pathFolders(options.path).filter((folder) => basename(folder) !== SHIMS);
  const program = findProgram(file, { cwd: '/', path: folders.join(':') });
  const isTooWide = (folder: string) =>
    folder === sep || `${options.home}${sep}`.startsWith(`${folder}${sep}`);
  const mounts = [
    ...(program.kind === 'found' ? programMounts(program.path) : []),
    // A program given by its path is the user's own script like any other word.
    ...[file, ...rest].flatMap((word) => wordMounts(word, isTooWide)),
  ];
  return [...new Set(mounts)].filter((path) => !isSystemPath(path) && !isTooWide(path));
}

/** The folder it lies in, the one it really lies in, and what belongs to an installation around those. */
function programMounts(path: string): string[] {
  if (isSystemPath(path)) return [];
  const real = realpathSync(path);
  const packages = outermostPackages(real);
  const folders = [...new Set([dirname(path), dirname(real)])].filter((folder) => basename(folder) === 'bin');
  const installed = folders.flatMap((bin) => [bin, join(bin, '..', 'lib'), join(bin, '..', 'pyvenv.cfg')]);
  return [path, real, ...(packages === null ? [] : [packages]), ...installed].filter((mount) =>
    existsSync(mount),
  );
}

function outermostPackages(path: string): string | null {
  const at = path.indexOf(`${sep}node_modules${sep}`);
  return at < 0 ? null : path.slice(0, at + `${sep}node_modules`.length);
}

function wordMounts(word: string, isTooWide: (folder: string) => boolean): string[] {
  // `--config=/path` names a file as well as `/path` does.
  const path = word.startsWith('-') ? word.slice(word.indexOf('=') + 1) : word;
  if (!isAbsolute(path) || !existsSync(path) || isSystemPath(path)) return [];
  if (statSync(path).isDirectory()) return plainEntries(path);
  const folders = [...new Set([path, realpathSync(path)])].map((file) => dirname(file));
  const beside = folders.flatMap((folder) => (isTooWide(folder) ? [] : plainEntries(folder)));
  return [path, ...beside, ...folders.flatMap((folder) => packagesAbove(folder, isTooWide))];
}

function plainEntries(folder: string): string[] {
  const names = readdirSync(folder);
  if (!names.some((name) => PRIVATE_ENTRY.test(name))) return [folder];
  const plain = names.filter((name) => !name.startsWith('.'));
  return plain.length > MAX_ENTRIES ? [] : plain.map((name) => join(folder, name));
}

/** Where Node looks for what a script imports, and for what kind of module it is. */
function packagesAbove(folder: string, isTooWide: (folder: string) => boolean): string[] {
  if (isTooWide(folder)) return [];
  const here = ['node_modules', 'package.json']
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path));
  return [...here, ...packagesAbove(dirname(folder), isTooWide)];
}

function isExistingFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
