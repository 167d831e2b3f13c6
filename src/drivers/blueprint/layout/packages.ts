/** The packages that a service depends on, and which of them are not there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RepoFiles } from './repo-files.ts';

export function dependenciesOf(files: RepoFiles): string[] {
  try {
    const text = files.read('package.json') ?? '{}';
    return Object.keys((JSON.parse(text) as { dependencies?: object }).dependencies ?? {});
  } catch {
    return []; // not JSON: what it depends on is not said
  }
}

/** Agents reach no network, and nobody installs packages for them: a service that needs some does not start there. */
export function missingPackages(files: RepoFiles): string[] {
  return dependenciesOf(files).filter((name) => !existsSync(join(files.root, 'node_modules', name)));
}
