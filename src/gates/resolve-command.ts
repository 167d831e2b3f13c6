/** Finds the program that a gate's command names. */
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import type { Overlay } from '../workspace/wall.ts';
import { findBehind } from '../workspace/wall/overlays.ts';

/** Where programs of the system lie; the caller's own PATH may hold folders of the repository. */
const SYSTEM_PATH = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
  '/opt/homebrew/bin',
];

export interface CommandPlace {
  /** The repository's root and the module's folder, absolute. */
  root: string;
  cwd: string;
  /** The caller's PATH where the gate's `env` names it; else null. */
  callerPath: string | null;
  /** Under which the command will run; absent: none. */
  overlays?: readonly Overlay[];
}

/**
 * The PATH of a gate. First the folder of the Node that runs Baton, so that `node` in a gate is that one
 * and no older one; then what the module and the repository installed; then the system's.
 */
export function searchPath(place: CommandPlace): string {
  const own = [join(place.cwd, 'node_modules/.bin'), join(place.root, 'node_modules/.bin')];
  return [...new Set([dirname(process.execPath), ...own, ...machineFolders(place.callerPath)])].join(
    delimiter,
  );
}

/** Those of the folders that no repository has: the system's, and the caller's where a gate's `env` names PATH. */
export function machineFolders(callerPath: string | null): string[] {
  return [...SYSTEM_PATH, ...callersFolders(callerPath)];
}

/** Relative entries and those of package runners would put the repository's files before the system's. */
function callersFolders(callerPath: string | null): string[] {
  const folders = (callerPath ?? '').split(delimiter);
  return folders.filter((folder) => isAbsolute(folder) && !folder.includes('node_modules/.bin'));
}

/** The executable's absolute path, or why there is none. */
export async function resolveCommand(
  word: string,
  place: CommandPlace,
): Promise<{ file: string } | { problem: 'not_found' | 'not_executable' }> {
  if (word === 'node') return { file: process.execPath };
  const candidates = word.includes('/')
    ? [resolve(place.cwd, word)]
    : searchPath(place)
        .split(delimiter)
        .map((folder) => join(folder, word));
  let problem: 'not_found' | 'not_executable' = 'not_found';
  for (const file of candidates) {
    const found = await probe(findBehind(place.overlays ?? [], file));
    if (found === 'executable') return { file };
    if (found === 'file') problem = 'not_executable';
  }
  return { problem };
}

async function probe(file: string): Promise<'executable' | 'file' | 'absent'> {
  try {
    if (!(await stat(file)).isFile()) return 'absent';
  } catch {
    return 'absent';
  }
  return access(file, constants.X_OK).then(
    () => 'executable',
    () => 'file',
  );
}
