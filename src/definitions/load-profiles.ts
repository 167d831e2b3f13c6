/** Finds and reads profiles: those beside the user's `baton.yaml` first, then the built-in ones. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Diagnostic } from '../core/errors.ts';
import { errorAt, inFileOrder } from './diagnose.ts';
import { profileSchema, type Profile } from './profile-schema.ts';
import { explainIssues } from './schema-issues.ts';
import { decodeText, readBytes } from './text-file.ts';
import { readYaml } from './yaml-source.ts';

/** Folder of the built-in profiles; found the same way from the sources and from the built package. */
export const builtinProfilesDir: string = fileURLToPath(new URL('../../profiles/', import.meta.url));

/** The folder beside `baton.yaml` in which users keep theirs. */
export const PROFILES_FOLDER = 'profiles';

export interface LoadedProfile {
  profile: Profile | null;
  diagnostics: Diagnostic[];
}

/** Reads one file. Everything wrong with it comes back at once, each at its line. */
export function loadProfile(file: string): LoadedProfile {
  const read = readBytes(file);
  if (!read.ok) return { profile: null, diagnostics: [read.diagnostic] };
  const decoded = decodeText(read.bytes, file);
  if (!decoded.ok) return { profile: null, diagnostics: [decoded.diagnostic] };
  const { source, diagnostics } = readYaml(decoded.text, file);
  if (source === null) return { profile: null, diagnostics };
  const parsed = profileSchema.safeParse(source.value ?? {});
  if (!parsed.success)
    return { profile: null, diagnostics: inFileOrder(explainIssues(parsed.error.issues, source)) };
  if (parsed.data.name === basename(file, '.yaml')) return { profile: parsed.data, diagnostics: [] };
  const message = `The profile is named ${parsed.data.name}, and its file ${basename(file)}.`;
  const wrong = errorAt(source.place(['name']), 'E_CONFIG_VALUE', message, 'Name both the same.');
  return { profile: null, diagnostics: [wrong] };
}

export interface LoadedProfiles {
  /** By name; of two with one name the user's counts. */
  profiles: Map<string, Profile>;
  /** What is wrong in files, by the name that each stands for: nobody else's profile is taken in its place. */
  broken: Map<string, Diagnostic[]>;
}

/** Whoever uses a broken one is stopped by it, and nobody else. */
export function loadProfiles(folders: readonly string[]): LoadedProfiles {
  const profiles = new Map<string, Profile>();
  const broken = new Map<string, Diagnostic[]>();
  for (const folder of [builtinProfilesDir, ...folders.toReversed()]) {
    for (const file of profileFiles(folder)) {
      const { profile, diagnostics } = loadProfile(file);
      const name = profile?.name ?? basename(file, '.yaml');
      if (profile === null) {
        profiles.delete(name);
        broken.set(name, diagnostics);
      } else {
        broken.delete(name);
        profiles.set(name, profile);
      }
    }
  }
  return { profiles, broken };
}

function profileFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return names.sort().map((name) => join(folder, name));
}
