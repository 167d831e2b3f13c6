/** The forges that this version has, by name. */
import { BatonError } from '../core/errors.ts';
import type { Forge } from '../forges/forge.ts';
import { openGithubForge } from '../forges/github/open-github-forge.ts';
import { createLocalForge } from '../forges/local/local-forge.ts';
import { SYSTEM_CLOCK } from './system-clock.ts';

/** Throws E_USAGE for a name that none has. Nothing is asked before it is used. */
export function openForge(
  name: string,
  { stateDir, environment }: { stateDir: string; environment: Readonly<Record<string, string | undefined>> },
): Forge {
  if (name === 'local') return createLocalForge({ stateDir });
  if (name === 'github') return openGithubForge({ environment, now: SYSTEM_CLOCK.now });
  throw new BatonError({
    code: 'E_USAGE',
    message: `There is no forge "${name}".`,
    fix: 'This version has two: local, and github.',
  });
}
