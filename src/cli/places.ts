/** Where things lie: the state folder, the repository of the caller, the folder for workspaces. */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { BatonError } from '../core/errors.ts';
import { SIGNERS_FILE } from '../proof/baton-verify.mts';
import type { CliContext } from './context.ts';

/** Top level of the repository that the caller stands in; null: in none. */
export function findRepository(cwd: string): string | null {
  return findUpwards(cwd, '.git', () => true);
}

/** The state folder: BATON_HOME, or `.baton` found upwards like `.git`; null: there is none. */
export function findStateDir(context: CliContext): string | null {
  const home = context.environment['BATON_HOME'];
  if (home !== undefined && home !== '') {
    const dir = resolve(context.cwd, home);
    return existsSync(dir) ? dir : null;
  }
  const parent = findUpwards(context.cwd, '.baton', isStateDir);
  return parent === null ? null : join(parent, '.baton');
}

/** A repository that only names signers in such a folder has no state in it. */
function isStateDir(path: string): boolean {
  if (!statSync(path).isDirectory()) return false;
  const names = readdirSync(path);
  return names.length === 0 || names.some((name) => name !== basename(SIGNERS_FILE));
}

/** Where a new state folder goes: BATON_HOME, else the repository's top level, else here. */
export function newStateDir(context: CliContext): string {
  const home = context.environment['BATON_HOME'];
  if (home !== undefined && home !== '') return resolve(context.cwd, home);
  return join(findRepository(context.cwd) ?? context.cwd, '.baton');
}

/** The file of the key that statements are signed with, whether or not it is there. */
export function signingKeyFile({ environment, homeDir, cwd }: CliContext): string {
  const chosen = environment['BATON_SIGNING_KEY'];
  if (chosen !== undefined && chosen !== '') return resolve(cwd, chosen);
  const config = environment['XDG_CONFIG_HOME'];
  const usual = config !== undefined && isAbsolute(config) ? config : join(homeDir, '.config');
  return join(usual, 'baton', 'signing-key');
}

/** Folder for workspaces and gate checkouts. Never inside a repository: tools there would find its files. */
export function workDirOf(context: CliContext): string {
  const { environment, homeDir, cwd } = context;
  const state = environment['XDG_STATE_HOME'];
  const usual = state !== undefined && isAbsolute(state) ? state : join(homeDir, '.local', 'state');
  const chosen = environment['BATON_WORK'];
  const dir = chosen !== undefined && chosen !== '' ? resolve(cwd, chosen) : join(usual, 'baton', 'work');
  const repository = findRepository(nearestExisting(dir));
  if (repository === null) return dir;
  throw new BatonError({
    code: 'E_USAGE',
    message: `The folder for workspaces, ${dir}, lies in the repository ${repository}.`,
    fix: 'Set BATON_WORK to a folder outside of any repository.',
  });
}

/** Through symlinks, because git looks at where a folder really is. */
export function nearestExisting(path: string): string {
  let at = path;
  while (!existsSync(at)) at = dirname(at);
  return realpathSync(at);
}

function findUpwards(from: string, name: string, accept: (path: string) => boolean): string | null {
  for (let at = resolve(from); ; at = dirname(at)) {
    const path = join(at, name);
    if (existsSync(path) && accept(path)) return at;
    if (dirname(at) === at) return null;
  }
}
