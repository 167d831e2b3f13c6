/** What is missing before a run starts: the program, a key, a login. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AuthWay, Profile } from '../../definitions/profile-schema.ts';
import { composeEnvironment, refusedNames, steeringNames } from '../agent-environment.ts';
import type { PreflightFacts } from '../driver.ts';
import { findProgram } from '../process/program.ts';
import { findMissingProvider } from './place.ts';

export interface PreflightOptions {
  profile: Profile;
  auth: AuthWay;
  env: readonly string[];
  environment: Readonly<Record<string, string | undefined>>;
  /** Then the agent is handed what it calls its model with, and needs no key of its own. */
  isMetered: boolean;
}

/** In sentences; empty where nothing is wrong. */
export function findProblems(
  { profile, auth, env, environment, isMetered }: PreflightOptions,
  facts?: PreflightFacts,
): string[] {
  const { PATH } = composeEnvironment({ environment, names: [], home: '/', temporary: '/' });
  const program = findProgram(profile.command[0] ?? '', { cwd: '/', path: PATH ?? '' });
  const lack = isMetered && facts !== undefined ? findMissingProvider(profile, facts.providers) : null;
  const missing = lack === null ? [] : [lack];
  const hint = profile.install === '' ? '' : ` \`${profile.install}\` installs it.`;
  return [
    ...(program.kind === 'found' ? [] : [`Profile ${profile.name}: ${program.detail}${hint}`]),
    ...(isMetered
      ? missing.map((each) => `Profile ${profile.name}: ${each}`)
      : credentialProblems(profile, auth, environment)),
    ...refusedNames(env),
    ...(isMetered ? steeringNames(env) : []),
  ];
}

function credentialProblems(
  profile: Profile,
  auth: AuthWay,
  environment: PreflightOptions['environment'],
): string[] {
  const { key, login } = profile.auth;
  if (auth === 'key') {
    const isThere = key.env.length === 0 || key.env.some((name) => (environment[name] ?? '') !== '');
    return isThere ? [] : [`Profile ${profile.name} needs a key: set ${key.env.join(' or ')}.`];
  }
  if (login === null) return [`Profile ${profile.name} knows no login; use a key.`];
  const home = environment['HOME'] ?? homedir();
  const isThere = login.files.some((file) => existsSync(join(home, file)));
  return isThere
    ? []
    : [
        `Profile ${profile.name} is to use your login, and ${join(home, login.files[0] ?? '')} is not there: log in with ${profile.title} first.`,
      ];
}
