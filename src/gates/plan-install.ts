/**
 * What names an install: everything that decides what it comes to. Whoever forgets something here lets gates run on what
 * another revision installed, so that all that is not known to be harmless counts with the whole tree.
 */
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asObject } from '../core/json.ts';
import type { GateCommand } from '../definitions/config.ts';
import { hashBytes } from '../journal/hash.ts';
import { bytesOf, walkFiles } from '../workspace/walk-files.ts';
import {
  FROZEN_INPUTS,
  isFrozenInstall,
  readManifest,
  steersInstall,
  type InstallInputs,
} from './frozen-installs.ts';
import { lentTo } from './lend-registries.ts';
import { resolveCommand } from './resolve-command.ts';
import { cacheKey } from './result-cache.ts';
import { locksNoScripts, majorOf, thisMachine } from './scripts-of-packages.ts';

/** Commands that install and do nothing else, and whether what they put into the home is needed afterwards. */
const INSTALLERS: Readonly<Record<string, { words: readonly string[]; home: boolean }>> = {
  npm: { words: ['ci', 'install', 'i'], home: false },
  pnpm: { words: ['install', 'i'], home: false },
  yarn: { words: ['install'], home: true },
  bun: { words: ['install', 'i'], home: false },
  go: { words: ['mod'], home: true },
};
/** What `npm ci` and `go mod download` read of a repository where nothing of it runs; those of others stand with them. */
const INPUTS =
  /^(?:package\.json|package-lock\.json|npm-shrinkwrap\.json|\.npmrc|go\.(?:mod|sum|work|work\.sum))$/u;
const NO_SCRIPTS = '--ignore-scripts';
const NPM_LOCKFILE = /^(?:package-lock|npm-shrinkwrap)\.json$/u;
/** npm builds these without being told to. */
const IMPLIED_BUILD = /^binding\.gyp$/u;
const OWN_SCRIPTS = [
  'preinstall',
  'install',
  'postinstall',
  'prepublish',
  'preprepare',
  'prepare',
  'postprepare',
  'pnpm:devPreinstall',
];
/** Variables that are settings of a package manager: they come before those of files. */
const SETTINGS_OF_MANAGERS = /^(?:npm_config|pnpm_config|yarn|bun)_/iu;
/** Options that change neither what is installed nor what runs. */
const PLAIN_OPTIONS = [
  '--no-audit',
  '--no-fund',
  '--prefer-offline',
  '--offline',
  '--no-progress',
  '--silent',
];
/** Settings that change neither; others name programs, scripts and ways to install. */
const PLAIN_SETTINGS =
  /^\s*(?:[#;].*|(?:@[\w.-]+:)?registry\s*=.*|\/\/[^=]*:_(?:authToken|auth|password)\s*=.*|(?:save-exact|engine-strict|fund|audit|loglevel|legacy-peer-deps|strict-peer-deps)\s*=.*)?$/u;
/** Copied from the repository itself, or from anywhere else than the registry. */
const FROM_FILES = /"(?:file|link|portal):|"\.{0,2}\//u;

/** Whoever clones runs what prepares the clone. */
const FROM_REGISTRY = /^https?:/u;

export interface Install {
  key: string;
  keepsHome: boolean;
}

interface SetupPlace {
  setup: GateCommand;
  /** The checkout as it is when the setup starts. */
  root: string;
  module: string;
  environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Names all that decides what this setup installs: manifests and lockfiles where no script can run and nothing is copied
 * from the repository, else the whole tree. null: this command does more than install.
 */
export async function planInstall(
  options: SetupPlace & {
    /** Names everything that the checkout holds, what other setups put there included. */
    contents: string;
  },
): Promise<Install | null> {
  const { setup, module, contents, environment } = options;
  const installer = installerOf(setup);
  if (installer === null) return null;
  const inputs = await inputsAlone(options);
  const decides = inputs === null ? ['tree', contents] : ['inputs', ...hashAll(inputs)];
  const env = setup.env.map((name) => [name, hashBytes(environment[name] ?? '')]);
  const registries = lentTo(setup, environment);
  const lent = registries.length === 0 ? {} : { registries: hashBytes(JSON.stringify(registries)) };
  const platform = `${process.platform} ${process.arch}`;
  const where = { command: setup.command, module, env, node: process.version, platform, ...lent };
  return { key: cacheKey({ what: 'install', ...where, decides }), keepsHome: installer.home };
}

/** Whether trees with the same manifests and lockfiles share what this setup installs. */
export async function sharesInstall(place: SetupPlace): Promise<boolean> {
  return installerOf(place.setup) !== null && (await inputsAlone(place)) !== null;
}

/** What is to be told of an install that each revision makes anew; null: it is shared, or the command does more than install. */
export async function sayUnshared(place: SetupPlace): Promise<string | null> {
  const { command } = place.setup;
  if (installerOf(place.setup) === null || (await sharesInstall(place))) return null;
  const quiet = { ...place, setup: { ...place.setup, command: [...command, NO_SCRIPTS] } };
  const isEnough = (await inputsAlone(quiet)) !== null;
  const advice = isEnough
    ? `where nothing needs such scripts, \`${NO_SCRIPTS}\` behind it lets revisions with the same lockfile share one`
    : 'docs/baton-yaml.md of Baton says which installs revisions share';
  return `\`${command.join(' ')}\` runs anew for each revision, as scripts and settings in what it installs may read the repository: ${advice}.`;
}

/** null: the command does more than install. */
function installerOf({ command, shell }: GateCommand): { home: boolean } | null {
  const [program = '', word = '', first] = command;
  const installer = INSTALLERS[program];
  if (shell || installer === undefined || !installer.words.includes(word)) return null;
  return program === 'go' && first !== 'download' ? null : installer;
}

/** The files that the install comes to, whatever else the repository holds; null: something else may decide, too. */
async function inputsAlone({ setup, root, module, environment }: SetupPlace): Promise<InstallInputs | null> {
  const [program = '', word = '', ...rest] = setup.command;
  const inputs = await readInputs(root);
  if (inputs === null) return null;
  const isSet = setup.env.some((name) => SETTINGS_OF_MANAGERS.test(name));
  const installed =
    program === 'pnpm' ? await pnpmVersion({ root, cwd: join(root, module), environment, setup }) : null;
  return comesToInputs({ program, word, rest, inputs, isSet, installed }) ? inputs.texts : null;
}

interface Inputs {
  /** By path. */
  texts: Map<string, string>;
  /** npm would build something. */
  impliesBuild: boolean;
  /** Files name programs or packages of the repository to pnpm, yarn or bun. */
  isSteered: boolean;
}

/** Whether the command installs what the inputs say, whatever else the repository holds. */
function comesToInputs(given: {
  program: string;
  word: string;
  rest: readonly string[];
  inputs: Inputs;
  /** Whether variables of the setup are settings. */
  isSet: boolean;
  installed: number | null;
}): boolean {
  const { program, word, rest, inputs, isSet, installed } = given;
  const { texts } = inputs;
  if (!copiesNothing(texts)) return false;
  if (program === 'go') return rest.length === 1;
  const options = rest.filter((option) => !PLAIN_OPTIONS.includes(option));
  const ownAreQuiet = !inputs.impliesBuild && hasNoScripts(texts);
  if (program === 'npm') {
    if (word !== 'ci' || options.some((option) => option !== NO_SCRIPTS)) return false;
    return options.length > 0 || (ownAreQuiet && packagesHaveNoScripts(texts, isSet));
  }
  return (
    !inputs.isSteered &&
    isFrozenInstall(program, options, texts, { ownAreQuiet: ownAreQuiet && !isSet, installed })
  );
}

/** Of the program itself: it says so beside its code. A program that chooses a version by itself has another name there. */
async function pnpmVersion(given: {
  root: string;
  cwd: string;
  environment: Readonly<Record<string, string | undefined>>;
  setup: GateCommand;
}): Promise<number | null> {
  const { root, cwd, environment, setup } = given;
  const callerPath = setup.env.includes('PATH') ? (environment['PATH'] ?? null) : null;
  const found = await resolveCommand('pnpm', { root, cwd, callerPath });
  if ('problem' in found) return null;
  const file = await realpath(found.file).catch(() => null);
  if (file === null || file.startsWith(`${root}/`)) return null;
  const text = await readFile(join(dirname(dirname(file)), 'package.json'), 'utf8').catch(() => '');
  const manifest = readManifest(text);
  return manifest?.['name'] === 'pnpm' ? majorOf(String(manifest['version']), /^(\d+)\./u) : null;
}

/** null: one of them is no plain file. */
async function readInputs(root: string): Promise<Inputs | null> {
  const entries = await walkFiles(root, ({ name }) => name !== 'node_modules' && name !== '.git');
  const found = entries.filter(({ name }) => INPUTS.test(name) || FROZEN_INPUTS.test(name));
  if (found.some(({ kind }) => kind !== 'file')) return null;
  const read = found.map(async ({ path }): Promise<[string, string]> => [
    path,
    (await readFile(bytesOf(root, path))).toString('latin1'),
  ]);
  return {
    texts: new Map(await Promise.all(read)),
    impliesBuild: entries.some(({ name }) => IMPLIED_BUILD.test(name)),
    isSteered: entries.some(({ name }) => steersInstall(name)),
  };
}

function hashAll(inputs: InstallInputs): string[] {
  return [...inputs].map(([path, text]) => `${path} ${hashBytes(text)}`).sort();
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Neither a manifest, nor npm's lockfile, nor a setting names packages that do not come from a registry. */
function copiesNothing(inputs: InstallInputs): boolean {
  return [...inputs].every(([path, text]) => {
    const name = nameOf(path);
    if (name === '.npmrc') return text.split('\n').every((line) => PLAIN_SETTINGS.test(line));
    if (NPM_LOCKFILE.test(name)) return resolvedIn(text).every((from) => FROM_REGISTRY.test(from));
    if (name !== 'package.json') return true;
    const manifest = readManifest(text);
    return manifest !== null && !FROM_FILES.test(dependenciesIn(manifest));
  });
}

function hasNoScripts(inputs: InstallInputs): boolean {
  return [...inputs].every(([path, text]) => {
    const scripts = asObject(asObject(nameOf(path) === 'package.json' ? readManifest(text) : {})['scripts']);
    return !OWN_SCRIPTS.some((name) => name in scripts);
  });
}

/** npm's own lockfile says which of them have scripts, and for which machines they are; settings may say another machine. */
function packagesHaveNoScripts(inputs: InstallInputs, isSet: boolean): boolean {
  const machine = isSet ? null : thisMachine();
  return [...inputs].every(
    ([path, text]) => !NPM_LOCKFILE.test(nameOf(path)) || locksNoScripts(text, machine),
  );
}

/** Everything that asks for packages, as text. */
function dependenciesIn(manifest: object): string {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies, overrides } =
    asObject(manifest);
  return JSON.stringify([dependencies, devDependencies, optionalDependencies, peerDependencies, overrides]);
}

/** Where a lockfile takes packages from. Links to workspaces are no copies. */
function resolvedIn(lockfile: string): string[] {
  return [...lockfile.matchAll(/"resolved":\s*"([^"]*:[^"]*)"/gu)].map(([, from = '']) => from);
}
