/** What a pnpm-lock.yaml holds. Up to version 8 it tells which packages run scripts; later lists of the manifest do. */
import { asObject, type Json } from '../../../core/json.ts';
import { folderSource, REGISTRY, type Locked, type Lockfile, type Source } from '../packages.ts';
import { textOf } from '../read-toml.ts';
import { readYaml } from '../read-yaml.ts';
import { fetchedFrom, integrityOf } from './npm.ts';

const SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies'];

export async function readPnpmLock(text: string): Promise<Lockfile | null> {
  const value = await readYaml(text);
  if (value === null) return null;
  const locked = Object.entries(asObject(value['packages'])).map(([key, entry]) =>
    lockedAs(key, asObject(entry)),
  );
  // Without a workspace, the older form has the lists of its only manifest at the top.
  const folders = value['importers'] === undefined ? { '.': value } : asObject(value['importers']);
  const overridden = new Set(Object.keys(asObject(value['overrides'])).map(overriddenName));
  return {
    locked,
    trusted: [],
    sourcesHeld: false,
    keepsRanges: true,
    answers: ({ folder }, { name, range, section }) =>
      section === 'peerDependencies' || overridden.has(name)
        ? null
        : (specifiersOf(folders, folder, name)?.includes(range) ?? null),
    remembers: (folder, name) => {
      const found = specifiersOf(folders, folder, name);
      return found === null ? null : found.length > 0;
    },
  };
}

/** `parent>name@range`: the name. */
function overriddenName(key: string): string {
  return (key.split('>').at(-1) ?? key).replace(/(?<=.)@.*$/u, '');
}

/** null: the lockfile knows no such manifest. */
function specifiersOf(folders: Json, folder: string, name: string): string[] | null {
  const kept = folders[folder === '' ? '.' : folder];
  if (kept === undefined) return null;
  const old = asObject(asObject(kept)['specifiers'])[name];
  if (typeof old === 'string') return [old];
  return SECTIONS.flatMap((section) => {
    const specifier = asObject(asObject(asObject(kept)[section])[name])['specifier'];
    return typeof specifier === 'string' ? [specifier] : [];
  });
}

function lockedAs(key: string, entry: Json): Locked {
  const [name, version] = nameAndVersion(key.replace(/^\//u, '').replace(/\(.*$/u, ''));
  const resolution = asObject(entry['resolution']);
  return {
    name: textOf(entry['name']) || name,
    version: textOf(entry['version']) || version,
    source: sourceOf(name, version, resolution),
    from: textOf(resolution['tarball']) || textOf(resolution['repo']),
    integrity: integrityOf(resolution['integrity']),
    scripts: entry['requiresBuild'] === true,
  };
}

/** `@scope/name@1.0.0`, in the oldest form `@scope/name/1.0.0`. */
function nameAndVersion(key: string): [string, string] {
  const at = key.indexOf('@', 1);
  const end = at === -1 ? key.lastIndexOf('/') : at;
  return end === -1 ? [key, ''] : [key.slice(0, end), key.slice(end + 1).replace(/_.*$/u, '')];
}

function sourceOf(name: string, version: string, resolution: Json): Source {
  const repo = textOf(resolution['repo']);
  const tarball = textOf(resolution['tarball']);
  const directory = textOf(resolution['directory']);
  if (resolution['type'] === 'git' || repo !== '') return { kind: 'git', where: repo || version };
  if (directory !== '') return folderSource('', directory);
  return tarball === '' ? REGISTRY : fetchedFrom(name, tarball);
}
