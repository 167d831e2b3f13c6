/**
 * Files that lead elsewhere. Whoever commits a link chooses what is read in its place, on the machine of whoever runs it:
 * what lies in a repository is read from within it alone, so that nothing else reaches the instructions of an agent.
 */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** Where a path really lies, and the folder that it leaves so; null: it leaves none. */
export interface WayOut {
  real: string;
  root: string;
}

/**
 * Looks at every repository around the path as it was named: a link must not lead from one into another. `folder` bounds
 * what lies in no repository. Throws where there is no such file.
 */
export function findWayOut(file: string, folder?: string): WayOut | null {
  const real = realpathSync(file);
  const repositories = repositoriesAround(resolve(file));
  const roots = repositories.length === 0 && folder !== undefined ? [folder] : repositories;
  const left = roots.find((root) => !isWithin(real, realpathSync(root)));
  return left === undefined ? null : { real, root: left };
}

function repositoriesAround(path: string): string[] {
  const found: string[] = [];
  for (let at = dirname(path); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) found.push(at);
    if (dirname(at) === at) return found;
  }
}

function isWithin(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
}
