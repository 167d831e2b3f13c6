/**
 * Overlays: a command sees folders as they are and writes to them as it likes, and all that it wrote lies in a folder
 * of its own. The kernel mounts them in a namespace around the wall, which needs no rights and ends with the command.
 */
import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Overlay, Wall } from '../wall.ts';
import { removeTree } from '../remove-tree.ts';

const TRIAL_TIMEOUT_MS = 10_000;
/** As many as a kernel follows. */
const MAX_LINKS = 40;
/** Mounts each pair of options and folder, then becomes the command behind `--`. */
const SCRIPT =
  'cd "$1" && shift && while [ "$1" != -- ]; do mount -t overlay overlay -o "$1" "$2" || exit 125; shift 2; done; shift; exec "$@"';
/** They separate options and folders of a mount from each other. */
const SEPARATORS = /[,:\\"]/;

/** The same command with the overlays in front of it; the folders of all of them lie beside each other. */
export function underOverlays(
  overlays: readonly Overlay[],
  command: { file: string; args: string[] },
): { file: string; args: string[] } {
  const first = overlays[0];
  if (first === undefined) return command;
  // Short names: a kernel takes no long ones.
  const from = dirname(first.path);
  const mounts = overlays.flatMap((overlay) => [optionsOf(overlay, from), overlay.path]);
  const inside = ['/bin/sh', '-c', SCRIPT, 'sh', from, ...mounts, '--', command.file, ...command.args];
  return { file: '/usr/bin/unshare', args: ['--user', '--map-root-user', '--mount', '--', ...inside] };
}

function optionsOf({ below, written, work }: Overlay, from: string): string {
  const [lower, upper, working] = [below, [written], [work]].map((paths) =>
    paths.map((path) => relative(from, path)).join(':'),
  );
  return `lowerdir=${lower},upperdir=${upper},workdir=${working},userxattr`;
}

/** Makes the folders that an overlay over `path` writes to, below `place`. `over`: what lies on top of `path` already. */
export async function makeOverlay(place: string, path: string, over: readonly string[]): Promise<Overlay> {
  const [written, work] = [join(place, 'written'), join(place, 'work')];
  for (const folder of [written, work]) await mkdir(folder, { recursive: true, mode: 0o755 });
  return { path, below: [...over, path], written, work };
}

/** Where that lies for everybody else which a command under these overlays finds at `path`; `path` itself where there is nothing. */
export function findBehind(overlays: readonly Overlay[], path: string): string {
  let seen = path;
  for (let links = 0; links < MAX_LINKS; links++) {
    const own = overlays.find((overlay) => seen.startsWith(`${overlay.path}/`));
    const places = own?.below.map((folder) => join(folder, relative(own.path, seen))) ?? [];
    const found = places.find((place) => lstatSync(place, { throwIfNoEntry: false }) !== undefined);
    if (found === undefined || existsSync(found)) return found ?? path;
    // A link from one of them to another: `node_modules/.bin` to a package of the repository's own.
    seen = resolve(dirname(seen), readlinkSync(found));
  }
  return path;
}

const trials = new Map<string, Promise<boolean>>();

/** Whether commands behind this wall can have overlays over these paths in `folder`: tried once per file system. */
export async function canOverlay(wall: Wall, folder: string, paths: readonly string[]): Promise<boolean> {
  if (wall.kind === 'off' || !paths.every(canBeNamed)) return false;
  const device = String((await stat(folder)).dev);
  const trial = trials.get(device) ?? tryOverlay(wall, folder);
  trials.set(device, trial);
  return trial;
}

/** Whether a mount can be told of this path. */
export function canBeNamed(path: string): boolean {
  return !SEPARATORS.test(path);
}

async function tryOverlay(wall: Wall, folder: string): Promise<boolean> {
  const place = await mkdtemp(join(folder, '.overlay-'));
  try {
    const path = join(place, 'folder');
    await mkdir(path);
    const overlays = [await makeOverlay(join(place, 'own'), path, [])];
    const walled = {
      args: ['-c', 'touch written && test -f written'],
      cwd: path,
      readable: [],
      writable: [path],
    };
    const command = wall.wrap({ file: '/bin/sh', ...walled, network: false, overlays });
    const { file, args } = underOverlays(overlays, command);
    await promisify(execFile)(file, args, { timeout: TRIAL_TIMEOUT_MS, env: {} });
    return (await isFile(join(place, 'own/written/written'))) && !(await isFile(join(path, 'written')));
  } catch {
    return false; // No such programs, no namespaces for us, or a file system that bears none.
  } finally {
    await removeTree(place);
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}
