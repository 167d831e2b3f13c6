/**
 * Installs of pnpm, yarn and bun that come to what manifests and lockfile say: the lockfile is taken as it is, nothing of the
 * repository runs, and nothing is copied from it. Everything that is not known to be so counts as if it were not.
 */
import { asObject, type Json } from '../core/json.ts';
import { bunRunsNothing, pnpmRunsNothing, yarnRunsNothing } from './scripts-of-packages.ts';

/** Manifests, lockfiles and settings, by path. */
export type InstallInputs = ReadonlyMap<string, string>;

interface Manager {
  program: string;
  /** Take the lockfile as it is, or end. */
  frozen: string;
  /** Run no script. */
  unscripted: string;
  lockfile: string;
  /** Whether files say that no package runs a script, also without that option. `installed`: the version of the program, by its first number. */
  runsNothing: (
    texts: { lockfile: string; manifest: string; settings: string },
    installed: number | null,
  ) => boolean;
  /** Only with such a lockfile is it this one: the first yarn takes no notice of options that it does not know, and of no later lockfile. */
  written?: RegExp;
}

const MANAGERS: readonly Manager[] = [
  {
    program: 'pnpm',
    frozen: '--frozen-lockfile',
    unscripted: '--ignore-scripts',
    lockfile: 'pnpm-lock.yaml',
    runsNothing: pnpmRunsNothing,
  },
  {
    program: 'bun',
    frozen: '--frozen-lockfile',
    unscripted: '--ignore-scripts',
    lockfile: 'bun.lock',
    runsNothing: ({ manifest }) => bunRunsNothing(manifest),
  },
  {
    program: 'yarn',
    frozen: '--frozen-lockfile',
    unscripted: '--ignore-scripts',
    lockfile: 'yarn.lock',
    runsNothing: () => false,
    written: /^# yarn lockfile v1$/mu,
  },
  {
    program: 'yarn',
    frozen: '--immutable',
    unscripted: '--mode=skip-build',
    lockfile: 'yarn.lock',
    runsNothing: ({ settings }) => yarnRunsNothing(settings),
    written: /^__metadata:$/mu,
  },
];
/** Programs that these run, packages that lie in the repository, and a lockfile that cannot be read. */
const STEERING =
  /^(?:\.?pnpmfile\.[cm]?js|\.yarnrc|\.yarn|\.pnp\.(?:c|m|loader\.m)js|bunfig\.toml|bun\.lockb)$/u;
/** Lines that change neither what is installed nor what runs. */
const PLAIN_LINES: Readonly<Record<string, RegExp>> = {
  'pnpm-workspace.yaml': /^\s*(?:#.*|packages:\s*|-\s+['"]?[\w@*!./-]+['"]?\s*)?$/u,
  '.yarnrc.yml':
    /^\s*(?:#.*|nodeLinker:\s*['"]?node-modules['"]?\s*|(?:enableTelemetry|enableGlobalCache|compressionLevel):.*|enableScripts:\s*(?:true|false)\s*)?$/u,
};
/** Copied from the repository or made anew; links between the repository's own packages are no copies. */
const MADE_HERE =
  /(?:^|[\s"'@(])(?:file|portal|patch|exec|git|git\+\w+|ssh|github):|type: git|codeload\.|^patchedDependencies/mu;
/** They say what is patched, built and left out; programs of the repository's own packages are linked where they are there. */
const TELLING = [
  'pnpm',
  'patchedDependencies',
  'trustedDependencies',
  'dependenciesMeta',
  'bin',
  'directories',
];

/** Files that decide what these managers install. */
export const FROZEN_INPUTS = /^(?:pnpm-lock\.yaml|pnpm-workspace\.yaml|yarn\.lock|\.yarnrc\.yml|bun\.lock)$/u;

export function steersInstall(name: string): boolean {
  return STEERING.test(name);
}

/** What decides, beside the inputs, whether a script could run. */
export interface ScriptFacts {
  /** Neither a manifest of the repository nor a setting of the environment makes one run. */
  ownAreQuiet: boolean;
  /** The version of the program that the command starts, by its first number; null: nobody knows. */
  installed: number | null;
}

/** Whether the install comes to what these inputs say. `options` stand behind `install`, without those that change nothing. */
export function isFrozenInstall(
  program: string,
  options: readonly string[],
  inputs: InstallInputs,
  { ownAreQuiet, installed }: ScriptFacts,
): boolean {
  const isMeant = MANAGERS.some((manager) => {
    const { frozen, unscripted, lockfile, written, runsNothing } = manager;
    const text = inputs.get(lockfile);
    const manifest = inputs.get('package.json') ?? '';
    const settings = inputs.get('.yarnrc.yml') ?? '';
    return (
      manager.program === program &&
      text !== undefined &&
      (written === undefined || written.test(text)) &&
      options.includes(frozen) &&
      (options.includes(unscripted) ||
        (ownAreQuiet && runsNothing({ lockfile: text, manifest, settings }, installed))) &&
      options.every((word) => word === frozen || word === unscripted)
    );
  });
  return isMeant && [...inputs].every(([path, text]) => isPlain(path, text));
}

function isPlain(path: string, text: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === 'package.json') return !tells(text);
  const lines = PLAIN_LINES[name];
  if (lines !== undefined) return text.split('\n').every((line) => lines.test(line));
  return !MADE_HERE.test(text);
}

function tells(manifest: string): boolean {
  const fields = readManifest(manifest);
  return (
    fields === null ||
    TELLING.some(
      (field) => field in fields && !(field === 'trustedDependencies' && isEmpty(fields[field])),
    ) ||
    MADE_HERE.test(JSON.stringify(fields['resolutions'] ?? ''))
  );
}

const isEmpty = (list: unknown): boolean => Array.isArray(list) && list.length === 0;

/** null: what the manager makes of it nobody here knows. */
export function readManifest(text: string): Json | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null;
  }
}
