/**
 * Packages that a person has to approve before anything of a change is installed: those that run a script when they are
 * installed, and those that come from elsewhere than the registries that the base uses. Pure.
 */
import type { PackageFile, PackageFiles } from './package-files.ts';
import { sayWhere, type Locked, type Lockfile, type Manifest, type Source } from './packages.ts';

/** One package in one file, with why a person has to look. */
export interface Waiting {
  repo: string;
  path: string;
  name: string;
  /** As a clause with the package's name, for people. */
  why: string;
  /** All that an approval of it is bound to; null: the whole file, which nobody can read. */
  binds: string | null;
}

/** Sources that somebody has to look at, wherever they are asked for. */
const ELSEWHERE: readonly Source['kind'][] = ['git', 'address', 'outside', 'alias'];

/** In the order of the files, each package once per file. */
export function waitingPackages({ manifests, lockfiles }: PackageFiles): Waiting[] {
  const asked = new Set(
    manifests.flatMap(({ repo, after }) =>
      (after.content?.wanted ?? [])
        .filter(({ source }) => isElsewhere(source))
        .map(({ name }) => `${repo}\0${name}`),
    ),
  );
  return [
    ...manifests.flatMap(inManifest),
    ...lockfiles.flatMap((file) => inLockfile(file, (name) => asked.has(`${file.repo}\0${name}`))),
  ];
}

export function isElsewhere({ kind, where }: Source): boolean {
  return ELSEWHERE.includes(kind) || (kind === 'registry' && where !== '');
}

function inManifest(file: PackageFile<Manifest>): Waiting[] {
  const { before, after } = file;
  if (after.unread) return [unread(file)];
  if (after.content === null) return [];
  const known = new Set(before.content?.wanted.map(({ name, source }) => `${name}\0${placeOf(source)}`));
  const found = after.content.sourcesHeld ? [] : after.content.wanted;
  const elsewhere = found.filter(
    ({ name, source }) => isElsewhere(source) && !known.has(`${name}\0${placeOf(source)}`),
  );
  const registries = after.content.registries.filter((each) => !before.content?.registries.includes(each));
  return [
    ...once(elsewhere, ({ name }) => name).map(({ name, range, source }) =>
      waiting(file, name, `\`${name}\` comes ${sayWhere(source) ?? ''}`, `${range} ${source.where}`),
    ),
    ...registries.map((address) =>
      waiting(
        file,
        address,
        `packages may come ${sayWhere({ kind: 'registry', where: address }) ?? ''}`,
        address,
      ),
    ),
    ...trustedIn(file, before.content, after.content),
  ];
}

function inLockfile(file: PackageFile<Lockfile>, isAsked: (name: string) => boolean): Waiting[] {
  const { before, after } = file;
  if (after.unread) return [unread(file)];
  if (after.content === null) return [];
  const base = before.content?.locked ?? [];
  const ran = new Set(base.filter(({ scripts }) => scripts).map(({ name }) => name));
  const places = new Set(base.map(({ name, source }) => `${name}\0${placeOf(source)}`));
  const hosts = new Set(base.flatMap(({ source }) => (source.kind === 'registry' ? [source.where] : [])));
  const isNewPlace = ({ name, source }: Locked): boolean =>
    isElsewhere(source) &&
    !isAsked(name) &&
    !places.has(`${name}\0${placeOf(source)}`) &&
    !(source.kind === 'registry' && hosts.has(source.where));
  const scripts = after.content.locked.filter((each) => each.scripts && !ran.has(each.name));
  const elsewhere = after.content.sourcesHeld ? [] : after.content.locked.filter(isNewPlace);
  return [
    ...once(scripts, ({ name, version }) => `${name} ${version}`).map((each) =>
      waiting(
        file,
        each.name,
        `\`${each.name}\` ${each.version} runs a script when it is installed`,
        boundTo(each),
      ),
    ),
    ...once(elsewhere, ({ name, version }) => `${name} ${version}`).map((each) =>
      waiting(file, each.name, `\`${each.name}\` comes ${sayWhere(each.source) ?? ''}`, boundTo(each)),
    ),
    ...trustedIn(file, before.content, after.content),
  ];
}

/** The address without what only says which version of it. */
function placeOf({ kind, where }: Source): string {
  return `${kind} ${kind === 'git' ? where.replace(/[#?].*$/u, '') : where}`;
}

function trustedIn(
  file: PackageFile<unknown>,
  before: { trusted: string[] } | null,
  after: { trusted: string[] },
): Waiting[] {
  return after.trusted
    .filter((name) => before?.trusted.includes(name) !== true)
    .map((name) =>
      waiting(file, name, `\`${name}\` is allowed to run scripts when it is installed`, 'trusted'),
    );
}

/** Nobody can say what is in it, and whoever installs may read it otherwise. */
function unread(file: PackageFile<unknown>): Waiting {
  const why = 'it cannot be read, so that nobody knows which packages it brings';
  return { repo: file.repo, path: file.path, name: '', why, binds: null };
}

function boundTo({ version, source, from, integrity }: Locked): string {
  return [version, source.kind, source.where, from, ...[...integrity].map((pair) => pair.join(' '))].join(
    ' ',
  );
}

function waiting({ repo, path }: PackageFile<unknown>, name: string, why: string, binds: string): Waiting {
  return { repo, path, name, why, binds: [name, why, binds].join('\0') };
}

function once<T>(all: readonly T[], keyOf: (each: T) => string): T[] {
  return [...new Map(all.map((each) => [keyOf(each), each])).values()];
}
