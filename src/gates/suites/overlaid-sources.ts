/** Which sources of a checkout were touched through an overlay: what lies in its own folder says it, and where that says nothing, a look through it. */
import { execFile } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Overlay } from '../../workspace/wall.ts';
import { underOverlays } from '../../workspace/wall/overlays.ts';
import { bytesOf, readablePath, walkFiles, type Entry } from '../../workspace/walk-files.ts';
import { isWatched } from './watched-names.ts';

const LOOK_TIMEOUT_MS = 60_000;
/** Paths of one command. */
const AT_ONCE = 200;
/** Says which of the paths are not there. */
const NAME_GONE = 'for each; do [ -e "$each" ] || [ -L "$each" ] || printf "%s\\0" "$each"; done';

/** What lies in an overlay's own folder, by path, with what tells one that was made anew from the one before. */
type Laid = ReadonlyMap<string, { kind: Entry['kind']; mark: string }>;

/** Only where the checkout has a folder, too, can something of it be hidden: builds and installs are not walked into. */
export async function whatIsLaidOver(root: string, written: string): Promise<Laid> {
  const entries = await walkFiles(written, ({ path }) => kindAt(root, path) === 'directory');
  const laid = await Promise.all(
    entries.map(async ({ path, kind }) => {
      const info = await lstat(bytesOf(written, path), { bigint: true }).catch(() => null);
      if (info === null) return [];
      // A folder's time changes with each file in it.
      const mark = kind === 'directory' ? `${info.ino} ${info.birthtimeNs}` : String(info.ctimeNs);
      return [[path, { kind, mark }] as const];
    }),
  );
  return new Map(laid.flat());
}

/** Sources of the checkout that something was laid over since: another file, a removal, a folder that was made anew. */
export async function sourcesLaidOver(root: string, overlay: Overlay, before: Laid): Promise<string[]> {
  const after = await whatIsLaidOver(root, overlay.written);
  const fresh = [...after].filter(([path, { mark }]) => before.get(path)?.mark !== mark);
  const isFolder = ([path, { kind }]: (typeof fresh)[number]): boolean =>
    kind === 'directory' && kindAt(root, path) === 'directory';
  const covered = fresh.filter((each) => !isFolder(each)).map(([path]) => path);
  const anew = await foldersMadeAnew(
    root,
    overlay,
    fresh.filter(isFolder).map(([path]) => path),
  );
  const found = await Promise.all([...covered, ...anew].map((path) => sourcesAt(root, path)));
  return [...new Set(found.flat())].sort();
}

/** The sources that the checkout has at a path: the file itself, or all below the folder. */
async function sourcesAt(root: string, path: string): Promise<string[]> {
  const kind = kindAt(root, path);
  if (kind === 'file') return [readablePath(path)].filter(isWatched);
  if (kind !== 'directory') return [];
  const below = await walkFiles(
    root,
    (entry) => isIn(entry.path, path) || isIn(path, entry.path) || entry.path === path,
  );
  return below
    .filter((entry) => entry.kind === 'file' && isIn(entry.path, path))
    .map((entry) => readablePath(entry.path))
    .filter(isWatched);
}

const isIn = (path: string, folder: string): boolean => path.startsWith(folder === '' ? '' : `${folder}/`);

/**
 * A folder that was removed and made again shows nothing of the one below it, and looks like one in which a file was written.
 * Through a folder all is seen that is not laid over, or nothing: one path of each tells.
 */
async function foldersMadeAnew(root: string, overlay: Overlay, folders: string[]): Promise<string[]> {
  const asked = new Map<string, string>();
  for (const folder of folders) {
    const own = await namesIn(overlay.written, folder);
    const name = [...(await namesIn(root, folder))].find((each) => !own.has(each));
    if (name !== undefined) asked.set(join(root, readablePath(`${folder}/${name}`)), folder);
  }
  const paths = [...asked.keys()];
  const gone: string[] = [];
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    const args = ['-c', NAME_GONE, 'sh', ...paths.slice(at, at + AT_ONCE)];
    const { file, args: all } = underOverlays([overlay], { file: '/bin/sh', args });
    const { stdout } = await promisify(execFile)(file, all, { timeout: LOOK_TIMEOUT_MS, env: {} });
    gone.push(...stdout.split('\0').flatMap((path) => asked.get(path) ?? []));
  }
  return gone;
}

/** Bytes as latin1, as in paths of a walk. */
async function namesIn(root: string, folder: string): Promise<Set<string>> {
  return new Set(await readdir(bytesOf(root, folder), { encoding: 'latin1' }).catch(() => []));
}

function kindAt(root: string, path: string): 'file' | 'directory' | 'other' | null {
  const info = lstatSync(bytesOf(root, path), { throwIfNoEntry: false });
  if (info === undefined) return null;
  return info.isFile() ? 'file' : info.isDirectory() ? 'directory' : 'other';
}
