/** Before a profile of a repository is used for the first time a person trusts it, having seen all that it takes. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BatonError, DefinitionErrors } from '../../core/errors.ts';
import { builtinLoginFolders, loadProfiles, type ForeignProfile } from '../../definitions/load-profiles.ts';
import { suggest } from '../../definitions/nearest.ts';
import type { Profile } from '../../definitions/profile-schema.ts';
import { usageError } from '../command.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { refuseInsideRun } from '../nested.ts';
import { escapeText } from '../render/escape.ts';
import { profileFolders } from './profile-folders.ts';
import { recordTrust, trustOf } from './trusted-profiles.ts';

/** Throws E_PROFILE_UNTRUSTED with everything that the profile would take; no flag of a run stands for the trust. */
export function requireTrust(profile: Profile, foreign: ForeignProfile, context: CliContext): void {
  const trust = trustOf(foreign, context);
  if (trust === 'trusted') return;
  const why =
    trust === 'new' ? 'and nobody here has trusted it yet' : 'and has changed since it was trusted here';
  throw new BatonError({
    code: 'E_PROFILE_UNTRUSTED',
    message: [`Profile ${profile.name} lies in ${foreign.file}, ${why}.`, ...tell(profile, foreign)].join(
      '\n',
    ),
    fix: `Read the file. If you trust it: ${trustCommand(profile, foreign)}`,
  });
}

/** `baton agents trust NAME [HASH]`: without the hash it shows what is to be trusted and changes nothing. */
export function trustProfile([name, hash]: string[], json: boolean, context: CliContext): number {
  refuseInsideRun(context);
  const { profiles, broken, foreign } = loadProfiles(profileFolders(context));
  const wrong = broken.get(name ?? '');
  if (wrong !== undefined) throw new DefinitionErrors(wrong);
  const profile = profiles.get(name ?? '');
  if (profile === undefined)
    throw usageError(
      name === undefined ? '`trust` needs the name of a profile.' : `There is no profile "${name}".`,
      suggest(name ?? '', [...foreign.keys()].sort(), 'profiles of this folder'),
    );
  const found = foreign.get(profile.name);
  if (found === undefined) {
    printLines(context, [`Profile ${profile.name} is no profile of a repository, and needs no trust.`]);
    return EXIT.done;
  }
  if (hash !== undefined && hash !== found.hash)
    throw new BatonError({
      code: 'E_PROFILE_UNTRUSTED',
      message: `${found.file} has the hash ${found.hash}, and not the one that you trust.`,
      fix: `\`baton agents trust ${profile.name}\` shows what it holds now.`,
    });
  if (hash !== undefined) recordTrust(found, context);
  const isTrusted = trustOf(found, context) === 'trusted';
  if (json) printJson(context, { name: profile.name, ...found, trusted: isTrusted });
  else
    printLines(
      context,
      [
        `Profile ${profile.name} of ${found.file} is ${isTrusted ? '' : 'not '}trusted.`,
        ...tell(profile, found),
        ...(isTrusted ? [] : [`If you trust it: ${trustCommand(profile, found)}`]),
      ].map((line) => escapeText(line)),
    );
  return isTrusted ? EXIT.done : EXIT.waitsForHuman;
}

const trustCommand = ({ name }: Profile, { hash }: ForeignProfile): string =>
  `\`baton agents trust ${name} ${hash}\``;

/** One line each; words of the file in quotes, since they may hold anything. */
function tell(profile: Profile, { file, hash }: ForeignProfile): string[] {
  const [program = '', ...words] = profile.command;
  const { auth, access, env, model_access: model } = profile;
  const sets = [env, access.read.env, access.write.env, model?.env ?? {}].flatMap((each) =>
    Object.keys(each),
  );
  const root = dirname(dirname(file));
  const local = profile.command.filter((word) => word !== '' && existsSync(join(root, word)));
  return [
    `  command:      ${quote([program])}`,
    `  arguments:    ${quote(words)}`,
    ...(local.length === 0
      ? []
      : [
          `  it runs:      ${quote(local.map((word) => resolve(root, word)))}, whose later changes nobody is asked about`,
        ]),
    `  takes:        ${auth.key.env.join(', ') || 'no variable'} of your environment`,
    `  sets:         ${[...new Set(sets)].join(', ') || 'no variable'}`,
    `  login files:  ${(auth.login?.files ?? []).map((path) => sayLogin(path)).join(', ') || 'none'} of your home`,
    `  network:      ${model === null ? 'whatever the machine reaches' : "with a key Baton's gateway alone, with a login whatever the machine reaches"}`,
    `  sha256:       ${hash}`,
  ];
}

function sayLogin(path: string): string {
  const isUsual = builtinLoginFolders().some((folder) => path.startsWith(`${folder}/`));
  return `${JSON.stringify(path)}${isUsual ? '' : ' (no built-in agent keeps anything there)'}`;
}

const quote = (words: readonly string[]): string =>
  words.map((word) => JSON.stringify(word)).join(' ') || 'none';
