/** What the file tools do. What is thrown here is a sentence for the model. */
import { mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { meantForReading, meantForWriting, placeInside, type Root } from './places.ts';

const MAX_FILE_BYTES = 4 * 1024 * 1024;
/** Of one read: about ten thousand tokens. */
const MAX_READ_CHARS = 40_000;
const MAX_LINES = 1_500;

/** Lines of a file from `from` (1 is the first), or the names in a folder. */
export function readPath(root: Root, asked: string, from: number = 1, count: number = MAX_LINES): string {
  const path = meantForReading(root, asked);
  const place = placeInside(root.dir, path);
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return listFolder(place);
  const lines = readText(place, path).split('\n');
  if (lines.at(-1) === '') lines.pop();
  const wanted = lines.slice(from - 1, from - 1 + Math.min(count, MAX_LINES));
  const text = wanted.join('\n');
  const shown =
    text.length > MAX_READ_CHARS ? `${text.slice(0, MAX_READ_CHARS)}\n[cut: the lines are long]` : text;
  const last = from - 1 + wanted.length;
  const part =
    from === 1 && last >= lines.length
      ? []
      : [`[lines ${from} to ${last} of ${lines.length}; read on with "from"]`];
  return [shown, ...part, ...(path === asked ? [] : [`[this is ${path}]`])].join('\n');
}

export function writePath(root: Root, asked: string, text: string): string {
  const path = meantForWriting(root, asked);
  const place = placeForWriting(root, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
  return `${path} is written: ${text.split('\n').length} lines.`;
}

/** Replaces text that stands there exactly once; everywhere, if it is said so. */
export function editPath(
  root: Root,
  asked: string,
  change: { old: string; new: string; everywhere: boolean },
): string {
  const path = meantForWriting(root, asked);
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

function placeForWriting({ dir }: Root, path: string): string {
  const place = placeInside(dir, path);
  if (
    relative(realpathSync(dir), place)
      .split(sep)
      .some((name) => name.toLowerCase() === '.git')
  )
    throw new Error(`${path} belongs to git itself and is not to be written.`);
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`${path} is a folder.`);
  return place;
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
