/** Finds and reads profiles: the user's own first, then those of the caller's repository, then the built-in ones. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Diagnostic } from '../core/errors.ts';
import { hashBytes } from '../journal/hash.ts';
import { errorAt, inFileOrder } from './diagnose.ts';
import { profileSchema, type Profile } from './profile-schema.ts';
import { explainIssues } from './schema-issues.ts';
import { decodeText, readBytes } from './text-file.ts';
import { readYaml } from './yaml-source.ts';

/** Folder of the built-in profiles; found the same way from the sources and from the built package. */
export const builtinProfilesDir: string = fileURLToPath(new URL('../../profiles/', import.meta.url));

/** The folder beside `baton.yaml`, and the one of that name in the user's own configuration. */
export const PROFILES_FOLDER = 'profiles';

/** A profile in a repository is the word of whoever committed it, and not of whoever starts a run there. */
export interface ProfileFolder {
  folder: string;
  owner: 'user' | 'repository';
}

/** A profile that needs a person's trust. The hash is that of the bytes that were read. */
export interface ForeignProfile {
  file: string;
  hash: string;
}

export interface LoadedProfile {
  profile: Profile | null;
  /** Of the bytes that were read; null: none were. */
  hash: string | null;
  diagnostics: Diagnostic[];
}

/** Reads one file. Everything wrong with it comes back at once, each at its line. */
export function loadProfile(file: string): LoadedProfile {
  const read = readBytes(file);
  if (!read.ok) return { profile: null, hash: null, diagnostics: [read.diagnostic] };
  const hash = hashBytes(read.bytes);
  const decoded = decodeText(read.bytes, file);
  if (!decoded.ok) return { profile: null, hash, diagnostics: [decoded.diagnostic] };
  const { source, diagnostics } = readYaml(decoded.text, file);
  if (source === null) return { profile: null, hash, diagnostics };
  const parsed = profileSchema.safeParse(source.value ?? {});
  if (!parsed.success)
    return { profile: null, hash, diagnostics: inFileOrder(explainIssues(parsed.error.issues, source)) };
  if (parsed.data.name === basename(file, '.yaml')) return { profile: parsed.data, hash, diagnostics: [] };
  const message = `The profile is named ${parsed.data.name}, and its file ${basename(file)}.`;
  const wrong = errorAt(source.place(['name']), 'E_CONFIG_VALUE', message, 'Name both the same.');
  return { profile: null, hash, diagnostics: [wrong] };
}

export interface LoadedProfiles {
  /** By name; of two with one name the user's own counts. */
  profiles: Map<string, Profile>;
  /** What is wrong in files, by the name that each stands for: nobody else's profile is taken in its place. */
  broken: Map<string, Diagnostic[]>;
  /** Those of a repository among them. */
  foreign: Map<string, ForeignProfile>;
}

/** Whoever uses a broken one is stopped by it, and nobody else. The first folder counts most. */
export function loadProfiles(folders: readonly ProfileFolder[]): LoadedProfiles {
  const profiles = new Map<string, Profile>();
  const broken = new Map<string, Diagnostic[]>();
  const foreign = new Map<string, ForeignProfile>();
  const builtin = new Set(profileFiles(builtinProfilesDir).map((file) => basename(file, '.yaml')));
  for (const { folder, owner } of [{ folder: builtinProfilesDir, owner: null }, ...folders.toReversed()]) {
    for (const file of profileFiles(folder)) {
      const name = basename(file, '.yaml');
      const isForeign = owner === 'repository';
      const loaded = loadProfile(file);
      const { profile, hash, diagnostics } =
        isForeign && builtin.has(name)
          ? { ...loaded, profile: null, diagnostics: [takesName(file)] }
          : loaded;
      for (const known of [profiles, broken, foreign]) known.delete(name);
      if (profile === null) broken.set(name, diagnostics);
      else profiles.set(name, profile);
      if (profile !== null && isForeign) foreign.set(name, { file, hash: hash ?? '' });
    }
  }
  return { profiles, broken, foreign };
}

/** The name says to whoever starts a run that it is the program they know. */
function takesName(file: string): Diagnostic {
  const name = basename(file, '.yaml');
  return errorAt(
    { file, line: 1, col: 1 },
    'E_CONFIG_VALUE',
    `A profile of a repository cannot take the name of ${name}, which comes with Baton.`,
    `Give file and profile another name, or remove it; one that replaces ${name} for you lies in your own folder, ~/.config/baton/${PROFILES_FOLDER}.`,
  );
}

/** Folders of a home in which the built-in agents keep what they log in with. */
export function builtinLoginFolders(): string[] {
  const { profiles } = loadProfiles([]);
  const files = [...profiles.values()].flatMap(({ auth }) => auth.login?.files ?? []);
  return [...new Set(files.map((file) => dirname(file)))];
}

function profileFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return names.sort().map((name) => join(folder, name));
}
