/** What a yarn.lock holds, of yarn 1 and of its successors. None of them tells which packages run scripts. */
import { asObject } from '../../../core/json.ts';
import { npmSource } from '../manifests/npm.ts';
import { REGISTRY, type Locked, type Lockfile, type Source, type Wanted } from '../packages.ts';
import { textOf } from '../read-toml.ts';
import { readYaml } from '../read-yaml.ts';
import { fetchedFrom, integrityOf } from './npm.ts';

export async function readYarnLock(text: string): Promise<Lockfile | null> {
  return /^__metadata:/mu.test(text) ? readBerry(text) : readClassic(text);
}

/** Everything that is asked for is a key of its own: `name@range`. */
function lockOf(locked: Locked[], keys: ReadonlySet<string>): Lockfile {
  const forms = ({ name, range }: Wanted): string[] => [`${name}@${range}`, `${name}@npm:${range}`];
  return {
    locked,
    trusted: [],
    sourcesHeld: false,
    keepsRanges: true,
    answers: ({ folder, name }, wanted) =>
      (folder !== '' && !keys.has(`${name}@workspace:${folder}`)) ||
      wanted.section === 'peerDependencies' ||
      /^(?:workspace|link|portal|patch|catalog):/u.test(wanted.range)
        ? null
        : forms(wanted).some((key) => keys.has(key)),
    remembers: () => null,
  };
}

function readClassic(text: string): Lockfile {
  const keys = new Set<string>();
  const locked: Locked[] = [];
  for (const block of text.split(/^(?=[^\s#])/mu)) {
    const [head = '', ...lines] = block.split('\n');
    if (!head.trimEnd().endsWith(':')) continue;
    const names = head
      .trimEnd()
      .slice(0, -1)
      .split(', ')
      .map((key) => key.replace(/^"|"$/gu, ''));
    for (const key of names) keys.add(key);
    const field = (name: string): string =>
      lines
        .find((line) => line.startsWith(`  ${name} `))
        ?.slice(name.length + 3)
        .trim()
        .replace(/^"|"$/gu, '') ?? '';
    const [first = ''] = names;
    const name = nameOfKey(first);
    const resolved = field('resolved');
    const at = resolved.indexOf('#');
    const from = at === -1 ? resolved : resolved.slice(0, at);
    const source = resolved === '' ? npmSource(first.slice(name.length + 1), '') : fetchedFrom(name, from);
    const integrity = new Map(integrityOf(field('integrity')));
    if (at !== -1 && /^[0-9a-f]{40}$/u.test(resolved.slice(at + 1)))
      integrity.set('resolved sha1', resolved.slice(at + 1));
    locked.push({ name, version: field('version'), source, from, integrity, scripts: false });
  }
  return lockOf(locked, keys);
}

/** `@scope/name@range`. */
function nameOfKey(key: string): string {
  const at = key.indexOf('@', 1);
  return at === -1 ? key : key.slice(0, at);
}

async function readBerry(text: string): Promise<Lockfile | null> {
  const value = await readYaml(text);
  if (value === null) return null;
  const entries = Object.entries(value).filter(([key]) => key !== '__metadata');
  const locked = entries.map(([key, value_]): Locked => {
    const entry = asObject(value_);
    const resolution = textOf(entry['resolution']) || key;
    const name = nameOfKey(resolution);
    const from = resolution.slice(name.length + 1);
    const [, cache, sum] = /^(?:([^/]+)\/)?(.+)$/u.exec(textOf(entry['checksum'])) ?? [];
    const integrity = new Map(sum === undefined ? [] : [[`checksum ${cache ?? ''}`, sum] as const]);
    return {
      name,
      version: textOf(entry['version']),
      source: berrySource(name, from),
      from,
      integrity,
      scripts: false,
    };
  });
  const keys = entries.flatMap(([key]) => key.split(', '));
  return lockOf(locked, new Set(keys));
}

function berrySource(name: string, from: string): Source {
  const elsewhere = /::__archiveUrl=([^&]+)/u.exec(from)?.[1];
  if (elsewhere !== undefined) return fetchedFrom(name, decode(elsewhere));
  if (/^(?:npm|patch):/u.test(from)) return REGISTRY;
  if (/#commit=/u.test(from)) return { kind: 'git', where: from };
  return npmSource(from, '');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // Then it is an address that nobody knows, which is what matters.
  }
}
