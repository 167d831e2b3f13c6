/** What a package.json asks for. */
import { asObject, isObject, type Json } from '../../../core/json.ts';
import { folderSource, REGISTRY, type Manifest, type Source, type Wanted } from '../packages.ts';
import { textOf } from '../read-toml.ts';

const SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
/** `owner/name`, which npm takes for GitHub. */
const SHORT_GIT = /^[\w.-]+\/[\w.-]+(?:#.*)?$/u;
const GIT = /^(?:git[+:@]|github:|gitlab:|bitbucket:|gist:|ssh:)|\.git(?:#.*)?$/u;

/** null: it is no JSON object. `at`: its folder in the repository. */
export function readPackageJson(text: string, at: string): Manifest | null {
  const value = parseJson(text);
  if (value === null) return null;
  const wanted = SECTIONS.flatMap((section) =>
    Object.entries(asObject(value[section])).flatMap(([name, range]): Wanted[] =>
      typeof range === 'string' ? [{ name, section, range, source: npmSource(range, at) }] : [],
    ),
  );
  return {
    name: textOf(value['name']),
    wanted,
    registries: [],
    trusted: trustedOf(value),
    sourcesHeld: true,
  };
}

export function parseJson(text: string): Json | null {
  try {
    const value = JSON.parse(text.replace(/^\ufeff/u, '')) as unknown;
    return isObject(value) ? value : null;
  } catch {
    return null; // Whoever installs with it will see.
  }
}

export function npmSource(range: string, at: string): Source {
  if (range.startsWith('workspace:')) return { kind: 'workspace', where: range };
  if (range.startsWith('npm:') || range.startsWith('jsr:')) return { kind: 'alias', where: range };
  if (/^(?:file:|link:|portal:|\.{1,2}(?:\/|$)|[/~]\/?)/u.test(range) && !/^~[\d.vx*]/u.test(range))
    return folderSource(at, range);
  if (GIT.test(range) || SHORT_GIT.test(range)) return { kind: 'git', where: range };
  if (/^https?:/u.test(range)) return { kind: 'address', where: range };
  return REGISTRY;
}

/** pnpm's, bun's and yarn's lists of packages whose scripts run. */
function trustedOf(value: Json): string[] {
  const pnpm = asObject(value['pnpm']);
  const built = Object.entries(asObject(value['dependenciesMeta'])).filter(
    ([, meta]) => asObject(meta)['built'] === true,
  );
  return [
    ...namesIn(pnpm['onlyBuiltDependencies']),
    ...allowedIn(pnpm['allowBuilds']),
    ...namesIn(value['trustedDependencies']),
    ...built.map(([name]) => name),
  ];
}

export function namesIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

export function allowedIn(value: unknown): string[] {
  return Object.entries(asObject(value)).flatMap(([name, allowed]) => (allowed === true ? [name] : []));
}
