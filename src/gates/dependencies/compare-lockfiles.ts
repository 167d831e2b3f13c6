/** Whether manifests and lockfiles of a change still say the same. */
import { basename } from 'node:path/posix';
import type { Revision } from '../../core/results.ts';
import { asObject, isObject } from '../../core/json.ts';
import type { FindingDraft } from '../findings.ts';
import { findRewritten } from './lockfile-entries.ts';
import { parseJson } from './manifests/npm.ts';
import {
  folderOf,
  LOCKFILES,
  MANIFESTS,
  packageFileKind,
  readSide,
  type PackageFile,
  type PackageFiles,
  type PackagesOrder,
} from './package-files.ts';
import type { Lockfile, Manifest, Wanted } from './packages.ts';

const MAX_NAMED = 5;

/** In the order of the files: manifests against their lockfiles, lockfiles against their manifests, entries against the base's. */
export async function compareLockfiles(order: PackagesOrder, files: PackageFiles): Promise<FindingDraft[]> {
  const drafts: FindingDraft[] = [];
  for (const file of files.manifests) drafts.push(...(await compareManifest(order, file, files)));
  for (const file of files.lockfiles) {
    drafts.push(...(await compareLockfile(order, file, files)), ...findRewritten(file));
  }
  return drafts;
}

/** What the change asks for newly or otherwise, and its lockfile was not made for. */
async function compareManifest(
  order: PackagesOrder,
  file: PackageFile<Manifest>,
  files: PackageFiles,
): Promise<FindingDraft[]> {
  const { before, after, repo } = file;
  const found = after.content === null ? null : await lockfileOf(order, file);
  if (found === null || after.content === null || (await isInGoWorkspace(order, file))) return [];
  const { lock, path, folder } = found;
  const asker = { folder: file.folder.slice(folder.length).replace(/^\//u, ''), name: after.content.name };
  const was = before.content?.wanted ?? [];
  const isNew = ({ name, range }: Wanted): boolean =>
    !was.some((old) => old.name === name && old.range === range);
  const overridden = await overriddenIn(order, { repo, folder });
  const judged = after.content.wanted.filter((each) => isNew(each) && !overridden.has(each.name));
  const missing = judged.filter((each) => lock.answers(asker, each) === false);
  if (missing.length > 0) return [outdated(file, path, missing)];
  const isUntouched = !files.lockfiles.some((other) => other.repo === repo && other.path === path);
  const stillWanted = new Set(after.content.wanted.map(({ name }) => name));
  const gone = was.filter(
    ({ name }) => !stillWanted.has(name) && lock.remembers(asker.folder, name) === true,
  );
  const others = judged.filter(
    (each) => isUntouched && !lock.keepsRanges && lock.answers(asker, each) === true,
  );
  return gone.length + others.length === 0 ? [] : [perhapsOutdated(file, path, [...gone, ...others])];
}

/** The nearest one, from the manifest's folder upwards. */
async function lockfileOf(
  order: PackagesOrder,
  file: PackageFile<unknown>,
): Promise<{ lock: Lockfile; path: string; folder: string } | null> {
  const names = MANIFESTS[packageFileKind(file.path) ?? '']?.locks ?? [];
  for (let { folder } = file; ; folder = folderOf(folder)) {
    for (const name of names) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const read = LOCKFILES[name];
      if (read === undefined) continue;
      const { content } = await readSide(order, order.to, { repo: file.repo, path }, read);
      if (content !== null) return { lock: content, path, folder };
    }
    if (folder === '') return null;
  }
}

/** Modules of one workspace need no sums of each other. */
async function isInGoWorkspace(order: PackagesOrder, file: PackageFile<unknown>): Promise<boolean> {
  if (packageFileKind(file.path) !== 'go.mod') return false;
  for (let { folder } = file; ; folder = folderOf(folder)) {
    const path = folder === '' ? 'go.work' : `${folder}/go.work`;
    if ((await order.workspaces.readFile(order.runId, order.to, file.repo, path)) !== null) return true;
    if (folder === '') return false;
  }
}

/** Names of packages that a package.json beside the lockfile puts another version in the place of. */
async function overriddenIn(
  order: PackagesOrder,
  at: { repo: string; folder: string },
): Promise<Set<string>> {
  const path = at.folder === '' ? 'package.json' : `${at.folder}/package.json`;
  const bytes = await order.workspaces.readFile(order.runId, order.to, at.repo, path);
  const value = bytes === null ? null : parseJson(new TextDecoder().decode(bytes));
  const lists = [value?.['overrides'], value?.['resolutions'], asObject(value?.['pnpm'])['overrides']];
  return new Set(
    lists.flatMap(keysIn).map((key) => /((?:@[^/@>]+\/)?[^/@>]+)(?:@[^/>]*)?$/u.exec(key)?.[1] ?? key),
  );
}

function keysIn(value: unknown): string[] {
  return isObject(value) ? Object.entries(value).flatMap(([key, inner]) => [key, ...keysIn(inner)]) : [];
}

/** A lockfile that was written without its manifest. */
async function compareLockfile(
  order: PackagesOrder,
  file: PackageFile<Lockfile>,
  { manifests }: PackageFiles,
): Promise<FindingDraft[]> {
  const { before, after, repo } = file;
  const isBelow = (other: PackageFile<Manifest>): boolean =>
    other.repo === repo && (file.folder === '' || `${other.folder}/`.startsWith(`${file.folder}/`));
  if (manifests.some(isBelow)) return [];
  if (after.content === null) return before.content === null ? [] : await describeGone(order, file);
  const manifest = await manifestOf(order, file, order.to);
  const now = after.content;
  const lost =
    manifest?.content.wanted.filter((each) => {
      const asker = { folder: '', name: manifest.content.name };
      return now.answers(asker, each) === false && before.content?.answers(asker, each) !== false;
    }) ?? [];
  if (manifest !== null && lost.length > 0) return [outdated({ repo, path: manifest.path }, file.path, lost)];
  const moved = describeMoved(before.content, now);
  return moved === '' ? [] : [unasked(file, moved)];
}

async function manifestOf(
  order: PackagesOrder,
  { repo, path, folder }: PackageFile<Lockfile>,
  at: Revision,
): Promise<{ content: Manifest; path: string } | null> {
  const kind = packageFileKind(path) ?? '';
  const [name, how] = Object.entries(MANIFESTS).find(([, { locks }]) => locks.includes(kind)) ?? [];
  if (name === undefined || how === undefined) return null;
  const place = folder === '' ? name : `${folder}/${name}`;
  const { content } = await readSide(order, at, { repo, path: place }, how.read);
  return content === null ? null : { content, path: place };
}

/** A lockfile may go with its manifest, and for another one. */
async function describeGone(order: PackagesOrder, file: PackageFile<Lockfile>): Promise<FindingDraft[]> {
  const manifest = await manifestOf(order, file, order.to);
  const isReplaced = order.changes.some(
    ({ repo, path }) =>
      repo === file.repo &&
      path !== file.path &&
      folderOf(path) === file.folder &&
      /lock/u.test(basename(path)),
  );
  if (manifest === null || manifest.content.wanted.length === 0 || isReplaced) return [];
  if ((await lockfileOf(order, { ...file, path: manifest.path })) !== null) return [];
  return [
    {
      ...place(file, 'lockfile gone'),
      problem: `${file.path} is gone, and ${manifest.path} asks for packages without any other: each installation would choose anew what it installs.`,
      fix: 'Bring it back.',
    },
  ];
}

function describeMoved(before: Lockfile | null, after: Lockfile): string {
  const versions = (lock: Lockfile | null): Map<string, string> => {
    const grouped = Map.groupBy(lock?.locked ?? [], ({ name }) => name);
    return new Map(
      [...grouped].map(([name, all]) => [
        name,
        [...new Set(all.map(({ version }) => version))].sort().join(', '),
      ]),
    );
  };
  const [was, is] = [versions(before), versions(after)];
  const names = [...new Set([...is.keys(), ...was.keys()])].filter((name) => was.get(name) !== is.get(name));
  return shorten(names.map((name) => `\`${name}\` ${was.get(name) ?? 'none'} → ${is.get(name) ?? 'none'}`));
}

function shorten(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return `${names.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const sayWanted = (all: readonly Wanted[]): string =>
  shorten([...new Set(all.map(({ name, range }) => `\`${name}\` ${range}`.trim()))]);

type Place = Pick<PackageFile<unknown>, 'repo' | 'path'>;

function outdated(file: Place, lock: string, missing: readonly Wanted[]): FindingDraft {
  return {
    ...place(file, `lockfile ${missing.map(({ name }) => name).join(' ')}`),
    problem: `${file.path} asks for what ${lock} was not made for: ${sayWanted(missing)}.`,
    fix: `Let the package manager write ${lock} for this manifest, and hand in both.`,
  };
}

function perhapsOutdated(file: Place, lock: string, all: readonly Wanted[]): FindingDraft {
  return {
    ...place(file, `lockfile perhaps ${all.map(({ name }) => name).join(' ')}`),
    severity: 'minor',
    blocking: false,
    problem: `${file.path} asks otherwise than before for ${sayWanted(all)}, and ${lock} does not show it.`,
    fix: `Let the package manager write ${lock} for this manifest, and hand in both.`,
  };
}

function unasked(file: PackageFile<Lockfile>, moved: string): FindingDraft {
  return {
    ...place(file, 'lockfile alone'),
    severity: 'minor',
    blocking: false,
    problem: `${file.path} changed although no manifest did: ${moved}.`,
    fix: 'Nothing, if the task is to update packages; else put it back.',
  };
}

function place({ repo, path }: Place, identity: string): Omit<FindingDraft, 'problem' | 'fix'> {
  return { severity: 'major', blocking: true, repo, file: path, line: null, identity };
}
