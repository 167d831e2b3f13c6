/** Which git Baton needs. */
import { BatonError } from '../core/errors.ts';
import { askGit } from './git.ts';

/** The first with `merge-tree --write-tree`. */
export const OLDEST_GIT: readonly [number, number] = [2, 38];

/** Throws E_GIT where git is missing or too old. */
export async function checkGitVersion(): Promise<void> {
  const said = await askGit({ gitDir: null, cwd: '/', args: ['version'] });
  if (isNewEnough(said)) return;
  throw new BatonError({
    code: 'E_GIT',
    message: `Baton needs git ${OLDEST_GIT.join('.')} or newer; this is ${JSON.stringify(said)}.`,
    fix: 'Install a newer git and see that it comes first on PATH.',
  });
}

/** Reads `git version 2.39.5 (Apple Git-154)`. */
export function isNewEnough(said: string): boolean {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(said) ?? [];
  return Number(major) > OLDEST_GIT[0] || (Number(major) === OLDEST_GIT[0] && Number(minor) >= OLDEST_GIT[1]);
}
