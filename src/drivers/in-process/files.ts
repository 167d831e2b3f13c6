/** What the file tools do. What is thrown here is a sentence for the model. */
import { mkdir, readdir, realpath } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import { meantForReading, meantForWriting, placeInside, type Root } from './places.ts';
import { entryAt, openForReading, openForWriting } from './plain-files.ts';

const MAX_FILE_BYTES = 4 * 1024 * 1024;
/** Of one read: about ten thousand tokens. */
const MAX_READ_CHARS = 40_000;
const MAX_LINES = 1_500;

/** Lines of a file from `from` (1 is the first), or the names in a folder. */
export async function readPath(
  root: Root,
  asked: string,
  from: number = 1,
  count: number = MAX_LINES,
): Promise<string> {
  const path = await meantForReading(root, asked);
  const place = await placeInside(root.dir, path);
  if ((await entryAt(place))?.isDirectory()) return listFolder(place);
  const lines = (await readText(place, path)).split('\n');
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

export async function writePath(root: Root, asked: string, text: string): Promise<string> {
  const path = await meantForWriting(root, asked);
  const place = await placeForWriting(root, path);
  await mkdir(dirname(place), { recursive: true });
  await writeText(place, path, text);
  return `${path} is written: ${text.split('\n').length} lines.`;
}

/** Replaces text that stands there exactly once; everywhere, if it is said so. */
export async function editPath(
  root: Root,
  asked: string,
  change: { old: string; new: string; everywhere: boolean },
): Promise<string> {
  const path = await meantForWriting(root, asked);
  const place = await placeForWriting(root, path);
  const text = await readText(place, path);
  if (change.old === '') throw new Error('"old" is empty: to make a file anew use write.');
  const parts = text.split(change.old);
  const found = parts.length - 1;
  if (found === 0)
    throw new Error(`"old" does not stand in ${path}. Read it again: blanks and line ends count.`);
  if (found > 1 && !change.everywhere)
    throw new Error(
      `"old" stands ${found} times in ${path}. Take more lines around it, or set "everywhere".`,
    );
  await writeText(place, path, parts.join(change.new));
  return `${path} is changed in ${found === 1 ? 'one place' : `${found} places`}.`;
}

async function placeForWriting({ dir }: Root, path: string): Promise<string> {
  const place = await placeInside(dir, path);
  if (
    relative(await realpath(dir), place)
      .split(sep)
      .some((name) => name.toLowerCase() === '.git')
  )
    throw new Error(`${path} belongs to git itself and is not to be written.`);
  if ((await entryAt(place))?.isDirectory()) throw new Error(`${path} is a folder.`);
  return place;
}

async function readText(place: string, path: string): Promise<string> {
  await using handle = await openForReading(place, path);
  const { size } = await handle.stat();
  if (size > MAX_FILE_BYTES) throw new Error(`${path} is too large: ${size} bytes.`);
  const bytes = await handle.readFile();
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error(`${path} is no text.`);
  }
}

async function writeText(place: string, path: string, text: string): Promise<void> {
  await using handle = await openForWriting(place, path);
  await handle.truncate(0);
  await handle.writeFile(text);
}

async function listFolder(place: string): Promise<string> {
  const entries = await readdir(place, { withFileTypes: true });
  const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
  const shown = names.slice(0, MAX_LINES);
  return [...shown, ...(names.length > shown.length ? [`[${names.length - shown.length} more]`] : [])].join(
    '\n',
  );
}
