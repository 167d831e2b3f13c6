/**
 * Installs of pnpm, yarn and bun that come to what manifests and lockfile say: the lockfile is taken as it is, nothing of the
 * repository runs, and nothing is copied from it. Everything that is not known to be so counts as if it were not.
 */
import { asObject } from '../core/json.ts';

/** Manifests, lockfiles and settings, by path. */
export type InstallInputs = ReadonlyMap<string, string>;

interface Manager {
  /** Take the lockfile as it is, or end. */
  frozen: readonly string[];
  /** Run no script. */
  unscripted: readonly string[];
  /** What has to be there. */
  lockfile: string;
}

const MANAGERS: Readonly<Record<string, Manager>> = {
  pnpm: { frozen: ['--frozen-lockfile'], unscripted: ['--ignore-scripts'], lockfile: 'pnpm-lock.yaml' },
  yarn: {
    frozen: ['--frozen-lockfile', '--immutable'],
    unscripted: ['--ignore-scripts', '--mode=skip-build'],
    lockfile: 'yarn.lock',
  },
  bun: { frozen: ['--frozen-lockfile'], unscripted: ['--ignore-scripts'], lockfile: 'bun.lock' },
};
/** Programs that these run, packages that lie in the repository, and a lockfile that cannot be read. */
const STEERING =
  /^(?:\.?pnpmfile\.[cm]?js|\.yarnrc|\.yarn|\.pnp\.(?:c|m|loader\.m)js|bunfig\.toml|bun\.lockb)$/u;
/** Lines that change neither what is installed nor what runs. */
const PLAIN_LINES: Readonly<Record<string, RegExp>> = {
  'pnpm-workspace.yaml': /^\s*(?:#.*|packages:\s*|-\s+['"]?[\w@*!./-]+['"]?\s*)?$/u,
  '.yarnrc.yml':
    /^\s*(?:#.*|nodeLinker:\s*['"]?node-modules['"]?\s*|(?:enableTelemetry|enableGlobalCache|compressionLevel):.*)?$/u,
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
/** From this version on pnpm runs scripts of packages only where it is told to. */
const UNSCRIPTED_PNPM = /^pnpm@(?:[1-9]\d+)\./u;

/** Files that decide what these managers install. */
export const FROZEN_INPUTS = /^(?:pnpm-lock\.yaml|pnpm-workspace\.yaml|yarn\.lock|\.yarnrc\.yml|bun\.lock)$/u;

export function steersInstall(name: string): boolean {
  return STEERING.test(name);
}

/** Whose scripts it runs: nobody's, the repository's own, or those of packages, too. null: nothing is known of it. `options` stand behind `install`, without those that change nothing. */
export function frozenInstall(
  program: string,
  { options, inputs, env }: { options: readonly string[]; inputs: InstallInputs; env: readonly string[] },
): { runs: 'nothing' | 'own' | 'all' } | null {
  const manager = MANAGERS[program];
  if (manager === undefined || !inputs.has(manager.lockfile)) return null;
  const { frozen, unscripted } = manager;
  if (!options.some((word) => frozen.includes(word))) return null;
  if (!options.every((word) => frozen.includes(word) || unscripted.includes(word))) return null;
  if (![...inputs].every(([path, text]) => isPlain(path, text))) return null;
  if (options.some((word) => unscripted.includes(word))) return { runs: 'nothing' };
  return { runs: program === 'pnpm' && runsOwnScriptsAlone(inputs, env) ? 'own' : 'all' };
}

function isPlain(path: string, text: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === 'package.json') return !tells(text);
  const lines = PLAIN_LINES[name];
  if (lines !== undefined) return text.split('\n').every((line) => lines.test(line));
  return !MADE_HERE.test(text);
}

function tells(manifest: string): boolean {
  const fields = read(manifest);
  return (
    fields === null ||
    TELLING.some((field) => field in fields) ||
    MADE_HERE.test(JSON.stringify(fields['resolutions'] ?? ''))
  );
}

/** The manifest names the version, which refuses to run where it is another one. */
function runsOwnScriptsAlone(inputs: InstallInputs, env: readonly string[]): boolean {
  const manager = read(inputs.get('package.json') ?? '')?.['packageManager'];
  const isSteered = env.some((name) => /^(?:npm_config|pnpm)_/iu.test(name));
  return typeof manager === 'string' && UNSCRIPTED_PNPM.test(manager) && !isSteered;
}

function read(text: string): Record<string, unknown> | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null; // What the manager makes of it nobody here knows.
  }
}
