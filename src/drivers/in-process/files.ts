/**
 * What the file tools do. They run in this process, so every path is followed to its end first: what does not lie in
 * the workspace then is refused, links included. No command of the agent is alive meanwhile that could move a link.
 * What is thrown here is a sentence for the model.
 */
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';

const MAX_FILE_BYTES = 4 * 1024 * 1024;
/** Of one read: about ten thousand tokens. */
const MAX_READ_CHARS = 40_000;
const MAX_LINES = 1_500;

/** Lines of a file from `from` (1 is the first), or the names in a folder. */
export function readPath(root: string, path: string, from: number = 1, count: number = MAX_LINES): string {
  const place = placeInside(root, path);
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return listFolder(place);
  const lines = readText(place, path).split('\n');
  if (lines.at(-1) === '') lines.pop();
  const wanted = lines.slice(from - 1, from - 1 + Math.min(count, MAX_LINES));
  const text = wanted.join('\n');
  const shown =
    text.length > MAX_READ_CHARS ? `${text.slice(0, MAX_READ_CHARS)}\n[cut: the lines are long]` : text;
  const last = from - 1 + wanted.length;
  return from === 1 && last >= lines.length
    ? shown
    : `${shown}\n[lines ${from} to ${last} of ${lines.length}; read on with "from"]`;
}

export function writePath(root: string, path: string, text: string): string {
  const place = placeForWriting(root, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
  return `${path} is written: ${text.split('\n').length} lines.`;
}

/** Replaces text that stands there exactly once; everywhere, if it is said so. */
export function editPath(
  root: string,
  path: string,
  change: { old: string; new: string; everywhere: boolean },
): string {
  const place = placeForWriting(root, path);
  const text = readText(place, path);
  if (change.old === '') throw new Error('"old" is empty: to make a file anew use write.');
  const parts = text.split(change.old);
  const found = parts.length - 1;
  if (found === 0)
    throw new Error(`"old" does not stand in ${path}. Read it again: blanks and line ends count.`);
  if (found > 1 && !change.everywhere)
    throw new Error(
      `"old" stands ${found} times in ${path}. Take more lines around it, or set "everywhere".`,
    );
  writeFileSync(place, parts.join(change.new));
  return `${path} is changed in ${found === 1 ? 'one place' : `${found} places`}.`;
}

/** Where a path really is, relative to the workspace's folder; for tools that hand it to a program. */
export function relativePlace(root: string, path: string): string {
  return `./${relative(realpathSync(root), placeInside(root, path))}`;
}

function placeForWriting(root: string, path: string): string {
  const place = placeInside(root, path);
  if (
    relative(realpathSync(root), place)
      .split(sep)
      .some((name) => name.toLowerCase() === '.git')
  )
    throw new Error(`${path} belongs to git itself and is not to be written.`);
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`${path} is a folder.`);
  return place;
}

function placeInside(root: string, path: string): string {
  if (path.includes('\0')) throw new Error('A path cannot hold a NUL.');
  const home = realpathSync(root);
  const place = follow(resolve(home, path), path);
  if (place !== home && !place.startsWith(`${home}${sep}`))
    throw new Error(`${path} lies outside of the workspace ${root}: there is nothing for you there.`);
  return place;
}

/** The real path, also of what is not there yet. */
function follow(place: string, asked: string): string {
  const entry = lstatSync(place, { throwIfNoEntry: false });
  if (entry === undefined) {
    const above = dirname(place);
    return above === place ? place : join(follow(above, asked), basename(place));
  }
  try {
    return realpathSync(place);
  } catch {
    throw new Error(`${asked} is a link that leads nowhere.`);
  }
}

function readText(place: string, path: string): string {
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat === undefined) throw new Error(`There is no ${path}.`);
  if (!stat.isFile()) throw new Error(`${path} is no file.`);
  if (stat.size > MAX_FILE_BYTES) throw new Error(`${path} is too large: ${stat.size} bytes.`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(place));
  } catch {
    throw new Error(`${path} is no text.`);
  }
}

function listFolder(place: string): string {
  const names = readdirSync(place, { withFileTypes: true })
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort();
  const shown = names.slice(0, MAX_LINES);
  return [...shown, ...(names.length > shown.length ? [`[${names.length - shown.length} more]`] : [])].join(
    '\n',
  );
}
