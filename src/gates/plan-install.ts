/**
 * What names an install: everything that decides what it comes to. Whoever forgets something here lets gates run on what
 * another revision installed, so that all that is not known to be harmless counts with the whole tree.
 */
import { readFile } from 'node:fs/promises';
import { asObject } from '../core/json.ts';
import type { GateCommand } from '../definitions/config.ts';
import { hashBytes } from '../journal/hash.ts';
import { bytesOf, walkFiles } from '../workspace/walk-files.ts';
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
/** What `npm ci` and `go mod download` read of a repository where nothing of it runs. */
const INPUTS =
  /^(?:package\.json|package-lock\.json|npm-shrinkwrap\.json|\.npmrc|go\.(?:mod|sum|work|work\.sum))$/u;
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
  '--ignore-scripts',
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

/**
 * Names all that decides what this setup installs: manifests and lockfiles where no script can run and nothing is copied
 * from the repository, else the whole tree. null: this command does more than install.
 */
export async function planInstall(options: {
  setup: GateCommand;
  /** The checkout as it is when the setup starts. */
  root: string;
  module: string;
  /** Names everything that the checkout holds, what other setups put there included. */
  contents: string;
  environment: Readonly<Record<string, string | undefined>>;
}): Promise<Install | null> {
  const { setup, root, module, contents, environment } = options;
  const [program = '', word = '', ...rest] = setup.command;
  const installer = INSTALLERS[program];
  if (setup.shell || installer === undefined || !installer.words.includes(word)) return null;
  if (program === 'go' && rest[0] !== 'download') return null;
  const inputs = await readInputs(root);
  const isPlain =
    program === 'go' ? rest.length === 1 : program === 'npm' && word === 'ci' && rest.every(isPlainOption);
  const decides =
    isPlain && inputs !== null && runsNothing(inputs) ? ['inputs', ...hashAll(inputs)] : ['tree', contents];
  const env = setup.env.map((name) => [name, hashBytes(environment[name] ?? '')]);
  const registries = lentTo(setup, environment);
  const lent = registries.length === 0 ? {} : { registries: hashBytes(JSON.stringify(registries)) };
  const platform = `${process.platform} ${process.arch}`;
  const where = { command: setup.command, module, env, node: process.version, platform, ...lent };
  return { key: cacheKey({ what: 'install', ...where, decides }), keepsHome: installer.home };
}

const isPlainOption = (word: string): boolean => PLAIN_OPTIONS.includes(word);

/** By path; null: one of them is no plain file, or npm would build something. */
async function readInputs(root: string): Promise<Map<string, string> | null> {
  const entries = await walkFiles(root, ({ name }) => name !== 'node_modules' && name !== '.git');
  if (entries.some(({ name }) => IMPLIED_BUILD.test(name))) return null;
  const found = entries.filter(({ name }) => INPUTS.test(name));
  if (found.some(({ kind }) => kind !== 'file')) return null;
  const read = found.map(async ({ path }): Promise<[string, string]> => [
    path,
    (await readFile(bytesOf(root, path))).toString('latin1'),
  ]);
  return new Map(await Promise.all(read));
}

function hashAll(inputs: Map<string, string>): string[] {
  return [...inputs].map(([path, text]) => `${path} ${hashBytes(text)}`).sort();
}

/** npm's own lockfile says which packages have scripts; a manifest says which the repository has, and what it copies. */
function runsNothing(inputs: Map<string, string>): boolean {
  return [...inputs].every(([path, text]) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name === '.npmrc') return text.split('\n').every((line) => PLAIN_SETTINGS.test(line));
    if (name.startsWith('go.')) return true;
    if (name !== 'package.json')
      return (
        !/"hasInstallScript":\s*true/u.test(text) &&
        resolvedIn(text).every((from) => FROM_REGISTRY.test(from))
      );
    const manifest = parse(text);
    return manifest !== null && hasNoScripts(manifest) && !FROM_FILES.test(dependenciesIn(manifest));
  });
}

const hasNoScripts = (manifest: object): boolean => {
  const scripts = asObject(asObject(manifest)['scripts']);
  return !OWN_SCRIPTS.some((name) => name in scripts);
};

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

function parse(text: string): object | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null; // What npm makes of it nobody here knows.
  }
}
