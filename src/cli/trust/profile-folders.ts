/** Where profiles are looked for, and whose word each of these places is. */
import { isAbsolute, join } from 'node:path';
import { PROFILES_FOLDER, type ProfileFolder } from '../../definitions/load-profiles.ts';
import type { CliContext } from '../context.ts';
import { findRepository, nearestExisting } from '../places.ts';

/** The user's own first. A folder of the user's that lies in a repository is the word of whoever commits there. */
export function profileFolders(context: CliContext): ProfileFolder[] {
  const config = context.environment['XDG_CONFIG_HOME'];
  const usual = config !== undefined && isAbsolute(config) ? config : join(context.homeDir, '.config');
  const own = join(usual, 'baton', PROFILES_FOLDER);
  const isInRepository = findRepository(nearestExisting(own)) !== null;
  const here = findRepository(context.cwd) ?? context.cwd;
  return [
    { folder: own, owner: isInRepository ? 'repository' : 'user' },
    { folder: join(here, PROFILES_FOLDER), owner: 'repository' },
  ];
}
