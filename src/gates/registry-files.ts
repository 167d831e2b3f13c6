/**
 * What the user's own files say of package registries: where they are, and the logins for them. Setups see these settings
 * in a home of their own, and nobody else does. Of each file only what says how a registry is reached is taken: what else
 * stands there would let a machine decide what is installed and how.
 */
import { lstatSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { asObject } from '../core/json.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface RegistryFile {
  /** Below the home of a setup, where its program looks for it. */
  path: string;
  text: string;
}

interface Source {
  path: string;
  /** Where it may lie here, the first that is there. */
  places: (environment: Environment, home: string) => (string | undefined)[];
  take: (text: string) => string;
}

const MAX_BYTES = 256 * 1024;
const NPM_LINE =
  /^\s*(?:(?:@[\w.~-]+:)?registry|\/\/[^=]+:(?:_authToken|_auth|_password|username|email|always-auth|certfile|keyfile)|_auth(?:Token)?|always-auth|strict-ssl|ca|cafile|(?:https?-)?proxy|noproxy)\s*=/u;
const YARN_1_LINE =
  /^\s*"?(?:(?:@[\w.~-]+:)?registry|\/\/[^\s"]+:_\w+|strict-ssl|cafile|(?:https-)?proxy)"?\s/u;
const YARN_KEY =
  /^(?:npm(?:Registr|Scopes|Auth|AlwaysAuth)\w*|https?Proxy|httpsCaFilePath|unsafeHttpWhitelist)$/u;
const PIP_LINE = /^\s*(?:(?:extra-)?index-url|trusted-host|proxy|cert|client-cert)\s*=/u;
const GO_LINE = /^(?:GOPROXY|GOPRIVATE|GONOPROXY|GOSUMDB|GONOSUMDB|GOINSECURE)=/u;
const TOML_SECTION = /^\s*\[([^\]]*)\]\s*(?:#.*)?$/u;
/** `${NAME}`, `${NAME-other}` and `${NAME?}`, as npm and yarn write them. */
const VARIABLE = /\$\{([A-Za-z_]\w*)(?:[:?-][^}]*)?\}/gu;
const LOGIN =
  /(?:_authToken|_auth|_password|npmAuthToken|npmAuthIdent|token|password)["']?\s*[\s:=]\s*["']?([^\s"',;}]+)/giu;
const IN_ADDRESS = /:\/\/[^/\s:@]*:([^/\s@]+)@/gu;

const SOURCES: readonly Source[] = [
  {
    path: '.npmrc',
    places: (environment, home) => [
      environment['NPM_CONFIG_USERCONFIG'],
      environment['npm_config_userconfig'],
      join(home, '.npmrc'),
    ],
    take: linesWith(NPM_LINE),
  },
  {
    path: '.config/pnpm/rc',
    places: (environment, home) => [
      below(environment['XDG_CONFIG_HOME'], 'pnpm/rc'),
      join(home, '.config/pnpm/rc'),
      join(home, 'Library/Preferences/pnpm/rc'),
    ],
    take: linesWith(NPM_LINE),
  },
  { path: '.yarnrc', places: (_, home) => [join(home, '.yarnrc')], take: linesWith(YARN_1_LINE) },
  { path: '.yarnrc.yml', places: (_, home) => [join(home, '.yarnrc.yml')], take: takeYarn },
  {
    path: '.bunfig.toml',
    places: (environment, home) => [
      below(environment['XDG_CONFIG_HOME'], '.bunfig.toml'),
      join(home, '.bunfig.toml'),
    ],
    take: takeBun,
  },
  {
    path: '.config/pip/pip.conf',
    places: (environment, home) => [
      environment['PIP_CONFIG_FILE'],
      below(environment['XDG_CONFIG_HOME'], 'pip/pip.conf'),
      join(home, '.config/pip/pip.conf'),
      join(home, '.pip/pip.conf'),
    ],
    take: takePip,
  },
  {
    path: '.config/go/env',
    places: (environment, home) => [
      environment['GOENV'],
      below(environment['XDG_CONFIG_HOME'], 'go/env'),
      join(home, '.config/go/env'),
    ],
    take: linesWith(GO_LINE),
  },
];

/** Those that are there and say something; none where nobody's home is known. */
export function registryFiles(environment: Environment): RegistryFile[] {
  const home = environment['HOME'];
  if (home === undefined || !isAbsolute(home)) return [];
  return SOURCES.flatMap(({ path, places, take }): RegistryFile[] => {
    for (const place of places(environment, home)) {
      const text = place === undefined || !isAbsolute(place) ? null : readPlain(place);
      if (text === null) continue;
      const taken = take(text);
      return taken.trim() === '' ? [] : [{ path, text: taken }];
    }
    return [];
  });
}

/** Names of variables that the files want in place of a login, as far as they are set. */
export function variablesIn(files: readonly RegistryFile[], environment: Environment): string[] {
  const names = files.flatMap(({ text }) => [...text.matchAll(VARIABLE)].map(([, name = '']) => name));
  return [...new Set(names)].filter((name) => (environment[name] ?? '') !== '').sort();
}

/** Every login in these files, by the file's name: what a run must not store. */
export function registrySecrets(environment: Environment): [string, string][] {
  const files = registryFiles(environment);
  const variables = variablesIn(files, environment).map((name): [string, string] => [
    name,
    environment[name] ?? '',
  ]);
  const written = files.flatMap(({ path, text }) => {
    const found = [...text.matchAll(LOGIN), ...text.matchAll(IN_ADDRESS)].map(([, value = '']) => value);
    const all = [...new Set(found.filter((value) => !value.startsWith('${')).flatMap(withDecoded))];
    return all.map((value, at): [string, string] => [at === 0 ? path : `${path} ${at + 1}`, value]);
  });
  return [...variables, ...written];
}

/** `_auth` and `_password` hold base64: whoever decodes it has the password. */
function withDecoded(value: string): string[] {
  if (!/^[\w+/-]{8,}={0,2}$/u.test(value)) return [value];
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  if (!/^[\x21-\x7e]+$/u.test(decoded)) return [value];
  return [value, decoded, ...(decoded.includes(':') ? [decoded.slice(decoded.indexOf(':') + 1)] : [])];
}

function linesWith(pattern: RegExp): (text: string) => string {
  return (text) =>
    text
      .split(/\r?\n/u)
      .filter((line) => pattern.test(line))
      .map((line) => `${line}\n`)
      .join('');
}

function takeYarn(text: string): string {
  try {
    const taken = Object.entries(asObject(parse(text, { maxAliasCount: 10 }))).filter(([key]) =>
      YARN_KEY.test(key),
    );
    return taken.length === 0 ? '' : stringify(Object.fromEntries(taken));
  } catch {
    return ''; // What cannot be read says nothing.
  }
}

/** Of `install` its registries alone: the rest of the file names programs and folders. */
function takeBun(text: string): string {
  let section = '';
  const kept = text.split(/\r?\n/u).filter((line) => {
    const header = TOML_SECTION.exec(line);
    if (header !== null) section = (header[1] ?? '').trim();
    if (section === 'install') return header !== null || /^\s*(?:registry|ca|cafile)\s*=/u.test(line);
    return /^install\.(?:registry|scopes)(?:\.|$)/u.test(section);
  });
  return kept.some((line) => line.includes('=')) ? `${kept.join('\n')}\n` : '';
}

/** With the lines that go on with a value. */
function takePip(text: string): string {
  let isTaken = false;
  const kept = text.split(/\r?\n/u).filter((line) => {
    if (TOML_SECTION.test(line)) return true;
    if (!/^\s+\S/u.test(line)) isTaken = PIP_LINE.test(line);
    return isTaken;
  });
  return kept.some((line) => line.includes('=')) ? `${kept.join('\n')}\n` : '';
}

const below = (folder: string | undefined, path: string): string | undefined =>
  folder === undefined || folder === '' ? undefined : join(folder, path);

/** null: it is not there, no plain file, or too long to be one of these. */
function readPlain(file: string): string | null {
  try {
    const info = lstatSync(file);
    // People keep such files in a repository of their own and link to them.
    const text = info.isFile() || info.isSymbolicLink() ? readFileSync(file) : null;
    return text === null || text.length > MAX_BYTES ? null : text.toString('utf8');
  } catch {
    return null; // Not there, or nobody may read it: then nobody's programs read it either.
  }
}
