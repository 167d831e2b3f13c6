/**
 * Where npm's files have packages from. A tool that a gate runs is a package like any other: one that comes from a folder
 * of the change, or from a stranger's address, checks what the change wants it to. Versions of the registry are the change's.
 */
import { asObject, type Json } from '../../core/json.ts';

/** By name (in a lockfile by place): where it comes from; `''` is the registry. */
export type Sources = ReadonlyMap<string, string>;

const DEPENDENCIES = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
/** Parts that say what packages of packages are. */
const OVERRIDES = ['overrides', 'resolutions', 'pnpm'];
/** Of the same repository, where that has packages of its own. */
const OF_WORKSPACE = /^(?:workspace:|link )/u;
const HOST = 'host ';
const REGISTRIES = new Set(['registry.npmjs.org', 'registry.yarnpkg.com']);

/** Those whose source is another than the base's. A new package of the repository itself takes nobody's place. */
export function swappedIn(base: Sources, head: Sources): string[] {
  const hosts = new Set([...base.values()].filter((source) => source.startsWith(HOST)));
  return [...head].flatMap(([name, source]) => {
    const before = base.get(name);
    if (source === before || (source === '' && before === undefined)) return [];
    const isExpected = before === undefined && (OF_WORKSPACE.test(source) || hosts.has(source));
    return isExpected ? [] : [name];
  });
}

export function sourcesOfManifest(value: Json): Sources {
  const found = new Map<string, string>();
  for (const [name, wanted] of DEPENDENCIES.flatMap((section) => Object.entries(asObject(value[section])))) {
    const source = sourceOfRange(wanted);
    found.set(name, [found.get(name) ?? '', source].filter(Boolean).join(' '));
  }
  for (const section of OVERRIDES)
    for (const [name, wanted] of leavesOf(asObject(value[section]), section))
      found.set(name, sourceOfRange(wanted));
  return found;
}

/** A version, a range, a tag: the registry. A folder, an address, another package under this name: none. */
function sourceOfRange(wanted: unknown): string {
  if (typeof wanted !== 'string' || wanted.startsWith('catalog:')) return '';
  return /[:/]/u.test(wanted) ? wanted : '';
}

function leavesOf(value: Json, at: string): [string, unknown][] {
  return Object.entries(value).flatMap(([name, part]): [string, unknown][] =>
    typeof part === 'string' ? [[`${at} ${name}`, part]] : leavesOf(asObject(part), `${at} ${name}`),
  );
}

/** The manifest with these packages from where the base has them. */
export function withSourcesOf(value: Json, base: Json, names: readonly string[]): Json {
  const mended = { ...value };
  for (const section of DEPENDENCIES) {
    const own = Object.entries(asObject(value[section])).filter(([name]) => !names.includes(name));
    const others = Object.entries(asObject(base[section])).filter(([name]) => names.includes(name));
    if (section in value || others.length > 0) mended[section] = Object.fromEntries([...own, ...others]);
  }
  for (const section of OVERRIDES) {
    if (!names.some((name) => name.startsWith(`${section} `))) continue;
    if (section in base) mended[section] = base[section];
    else delete mended[section];
  }
  return mended;
}

export function sourcesOfLock(value: Json): Sources {
  const places = Object.entries(asObject(value['packages'])).filter(([place]) =>
    place.includes('node_modules/'),
  );
  return new Map(places.map(([place, entry]) => [place, sourceOfEntry(place, asObject(entry))]));
}

function sourceOfEntry(place: string, { link, resolved }: Json): string {
  if (typeof resolved !== 'string') return '';
  if (link === true) return `link ${resolved}`;
  const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const [, host = '', path = ''] = /^https?:\/\/([^/]+)(\/.*)$/u.exec(resolved) ?? [];
  if (!path.replaceAll(/%2f/giu, '/').includes(`/${name}/-/`)) return resolved;
  return REGISTRIES.has(host) ? '' : `${HOST}${host}`;
}

/** The lockfile with these places as the base has them; what the root asks for follows. */
export function withPlacesOf(value: Json, base: Json, places: readonly string[]): Json {
  const before = asObject(base['packages']);
  const packages = { ...asObject(value['packages']) };
  for (const place of places) {
    if (place in before) packages[place] = before[place];
    else delete packages[place];
  }
  const [root, rootBefore] = [asObject(packages['']), asObject(before[''])];
  const names = swappedIn(sourcesOfManifest(rootBefore), sourcesOfManifest(root));
  if (names.length > 0) packages[''] = withSourcesOf(root, rootBefore, names);
  return { ...value, packages };
}
