/**
 * What names an install: everything that decides what it comes to. Whoever forgets something here lets gates run on what
 * another revision installed, so that all that is not known to be harmless counts with the whole tree.
 */
import { readFile } from 'node:fs/promises';
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
import { cacheKey } from './result-cache.ts';

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
];
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

export interface InstallOrder {
  setup: GateCommand;
  /** The checkout as it is when the setup starts. */
  root: string;
  module: string;
  /** Names everything that the checkout holds, what other setups put there included. */
  contents: string;
  environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Names all that decides what this setup installs: manifests and lockfiles where no script can run and nothing is copied
 * from the repository, else the whole tree. null: this command does more than install.
 */
export async function planInstall(order: InstallOrder): Promise<Install | null> {
  const { setup, root, module, contents, environment } = order;
  const [program = '', word = '', ...rest] = setup.command;
  const installer = INSTALLERS[program];
  if (setup.shell || installer === undefined || !installer.words.includes(word)) return null;
  if (program === 'go' && rest[0] !== 'download') return null;
  const inputs = await readInputs(root);
  const isShared = inputs !== null && comesToInputs({ program, word, rest, inputs });
  const decides = isShared ? ['inputs', ...hashAll(inputs.texts)] : ['tree', contents];
  const env = setup.env.map((name) => [name, hashBytes(environment[name] ?? '')]);
  const registries = lentTo(setup, environment);
  const lent = registries.length === 0 ? {} : { registries: hashBytes(JSON.stringify(registries)) };
  const platform = `${process.platform} ${process.arch}`;
  const where = { command: setup.command, module, env, node: process.version, platform, ...lent };
  return { key: cacheKey({ what: 'install', ...where, decides }), keepsHome: installer.home };
}

/** Whether trees with the same manifests and lockfiles share what this setup installs. */
export async function sharesInstall(order: Omit<InstallOrder, 'contents'>): Promise<boolean> {
  const [one, other] = await Promise.all([
    planInstall({ ...order, contents: 'one' }),
    planInstall({ ...order, contents: 'other' }),
  ]);
  return one !== null && one.key === other?.key;
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
}): boolean {
  const { program, word, rest, inputs } = given;
  const { texts } = inputs;
  if (!copiesNothing(texts)) return false;
  if (program === 'go') return rest.length === 1;
  const options = rest.filter((option) => !PLAIN_OPTIONS.includes(option));
  if (program === 'npm') {
    if (word !== 'ci' || options.some((option) => option !== NO_SCRIPTS)) return false;
    return (
      options.length > 0 || (!inputs.impliesBuild && hasNoScripts(texts) && packagesHaveNoScripts(texts))
    );
  }
  return !inputs.isSteered && isFrozenInstall(program, options, texts);
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

/** npm's own lockfile says which of them have scripts. */
function packagesHaveNoScripts(inputs: InstallInputs): boolean {
  return [...inputs].every(
    ([path, text]) => !NPM_LOCKFILE.test(nameOf(path)) || !/"hasInstallScript":\s*true/u.test(text),
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
