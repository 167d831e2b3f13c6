/** What the lockfiles in TOML hold: Cargo.lock, poetry.lock and uv.lock. They are asked by name alone. */
import { asObject, type Json } from '../../../core/json.ts';
import { indexSource, pythonName } from '../manifests/python.ts';
import {
  folderSource,
  hostOf,
  REGISTRY,
  type Asker,
  type Locked,
  type Lockfile,
  type Source,
} from '../packages.ts';
import { listOf, readToml, textOf } from '../read-toml.ts';

/** Lists of a manifest that no lockfile has to know anything of. */
const NOT_LOCKED = /^(?:build-system|workspace\.|patch |replace$)/u;
const CRATES = new Set(['github.com', 'index.crates.io']);

export async function readCargoLock(text: string): Promise<Lockfile | null> {
  return readLock(text, (entry) => {
    const from = textOf(entry['source']);
    const sum = textOf(entry['checksum']);
    return {
      name: textOf(entry['name']),
      source: cargoSource(from),
      from,
      integrity: new Map(sum === '' ? [] : [['checksum', sum]]),
    };
  });
}

function cargoSource(from: string): Source {
  if (from === '') return { kind: 'workspace', where: 'workspace' };
  if (from.startsWith('git+')) return { kind: 'git', where: from };
  const isUsual = CRATES.has(hostOf(from)) && /crates\.io-index\/?$|index\.crates\.io\/?$/u.test(from);
  return isUsual ? REGISTRY : { kind: 'registry', where: hostOf(from) || from };
}

export async function readPoetryLock(text: string): Promise<Lockfile | null> {
  return readLock(text, (entry) => {
    const source = asObject(entry['source']);
    const from = textOf(source['url']);
    return {
      name: pythonName(textOf(entry['name'])),
      source: poetrySource(textOf(source['type']), from),
      from,
      integrity: sumsOf(entry['files'], 'file'),
    };
  });
}

function poetrySource(type: string, from: string): Source {
  if (type === 'git') return { kind: 'git', where: from };
  if (type === 'url') return { kind: 'address', where: from };
  if (type === 'file' || type === 'directory') return folderSource('', from);
  return from === '' ? REGISTRY : indexSource(from);
}

export async function readUvLock(text: string): Promise<Lockfile | null> {
  return readLock(text, (entry) => {
    const how = asObject(entry['source']);
    const from = Object.values(how).map(textOf).join(' ');
    return {
      name: pythonName(textOf(entry['name'])),
      source: uvSource(how),
      from,
      integrity: sumsOf([entry['sdist'], ...listOf(entry['wheels'])], 'url'),
    };
  });
}

function uvSource(how: Json): Source {
  const [[kind, value] = ['', '']] = Object.entries(how);
  const where = textOf(value);
  if (kind === 'git') return { kind: 'git', where };
  if (kind === 'url') return { kind: 'address', where };
  if (kind === 'registry') return /^https?:/u.test(where) ? indexSource(where) : folderSource('', where);
  if (kind === 'path' || kind === 'directory') return folderSource('', where);
  return { kind: 'workspace', where };
}

/** By the names of the files: more of them may come later, of the same version. */
function sumsOf(files: unknown, named: string): ReadonlyMap<string, string> {
  const all = listOf(files).map(asObject);
  return new Map(
    all.flatMap((file) => {
      const name = textOf(file[named]).split('/').at(-1) ?? '';
      const hash = textOf(file['hash']);
      return name === '' || hash === '' ? [] : [[name, hash] as const];
    }),
  );
}

async function readLock(
  text: string,
  read: (entry: Json) => Omit<Locked, 'version' | 'scripts'>,
): Promise<Lockfile | null> {
  const value = await readToml(text);
  if (value === null) return null;
  const locked = listOf(value['package'])
    .map(asObject)
    .map((entry) => ({ ...read(entry), version: textOf(entry['version']), scripts: false }));
  const names = new Set(locked.map(({ name }) => name));
  const own = new Set(locked.flatMap(({ name, source }) => (source.kind === 'workspace' ? [name] : [])));
  const isKnown = ({ folder, name }: Asker): boolean => folder === '' || own.has(name);
  return {
    locked,
    trusted: [],
    sourcesHeld: false,
    answers: (asker, { name, section }) =>
      NOT_LOCKED.test(section) || name === asker.name || name.includes('/') || !isKnown(asker)
        ? null
        : names.has(name),
    remembers: () => null,
    keepsRanges: false,
  };
}
