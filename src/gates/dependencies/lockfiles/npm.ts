/** What npm's lockfiles hold: package-lock.json and npm-shrinkwrap.json. */
import { asObject, type Json } from '../../../core/json.ts';
import { hostOf, REGISTRY, type Locked, type Lockfile, type Source } from '../packages.ts';
import { npmSource, parseJson } from '../manifests/npm.ts';
import { textOf } from '../read-toml.ts';

const SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
const USUAL_HOSTS = new Set(['registry.npmjs.org', 'registry.yarnpkg.com']);
const GIT_HOSTS = /^(?:codeload\.)?(?:github|gitlab|bitbucket)\.(?:com|org)$/u;

/** Where a package of this name is fetched from by this address. */
export function fetchedFrom(name: string, address: string): Source {
  if (!/^https?:/u.test(address)) return npmSource(address, '');
  const host = hostOf(address);
  const path = address.slice(address.indexOf(host) + host.length).replaceAll(/%2f/giu, '/');
  if (path.includes(`/${name}/-/`)) {
    const isSafe = USUAL_HOSTS.has(host) && address.startsWith('https:');
    return isSafe
      ? REGISTRY
      : { kind: 'registry', where: address.startsWith('https:') ? host : `http://${host}` };
  }
  return { kind: GIT_HOSTS.test(host) ? 'git' : 'address', where: address };
}

/** `sha512-…`, several with spaces between them. */
export function integrityOf(value: unknown): ReadonlyMap<string, string> {
  const parts = textOf(value)
    .split(/\s+/u)
    .filter((part) => part.includes('-'));
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('-')), part.slice(part.indexOf('-') + 1)]));
}

/** Which list of a folder asks for what, as the lockfile has kept it. */
export function keptLists(folders: Json): Pick<Lockfile, 'answers' | 'remembers' | 'keepsRanges'> {
  const rangesOf = (folder: string, name: string): unknown[] | null => {
    const kept = folders[folder];
    if (kept === undefined) return null;
    return SECTIONS.flatMap((section) => asObject(asObject(kept)[section])[name] ?? []);
  };
  return {
    keepsRanges: true,
    answers: ({ folder }, { name, range }) => rangesOf(folder, name)?.includes(range) ?? null,
    remembers: (folder, name) => {
      const ranges = rangesOf(folder, name);
      return ranges === null ? null : ranges.length > 0;
    },
  };
}

/** null: it cannot be read. */
export function readPackageLock(text: string): Lockfile | null {
  const value = parseJson(text);
  if (value === null) return null;
  const packages = asObject(value['packages']);
  const places = Object.entries(packages).filter(([place]) => place.includes('node_modules/'));
  const locked = places.map(([place, entry]) => lockedAt(place, asObject(entry)));
  const old = value['packages'] === undefined ? nested(asObject(value['dependencies'])) : [];
  return {
    locked: [...locked, ...old],
    trusted: [],
    sourcesHeld: value['packages'] !== undefined,
    ...keptLists(packages),
  };
}

function lockedAt(place: string, entry: Json): Locked {
  const name =
    textOf(entry['name']) || place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const from = textOf(entry['resolved']);
  const isLink = entry['link'] === true;
  return {
    name,
    version: textOf(entry['version']),
    source: isLink ? { kind: 'workspace', where: from } : from === '' ? REGISTRY : fetchedFrom(name, from),
    from: isLink ? '' : from,
    integrity: integrityOf(entry['integrity']),
    scripts: entry['hasInstallScript'] === true,
  };
}

/** The first form of the file: packages within the packages that need them. It does not tell of scripts. */
function nested(packages: Json): Locked[] {
  return Object.entries(packages).flatMap(([name, value]): Locked[] => {
    const entry = asObject(value);
    const from = textOf(entry['resolved']);
    const version = textOf(entry['version']);
    const source = from === '' ? npmSource(version, '') : fetchedFrom(name, from);
    const integrity = integrityOf(entry['integrity']);
    return [
      { name, version, source, from, integrity, scripts: false },
      ...nested(asObject(entry['dependencies'])),
    ];
  });
}
