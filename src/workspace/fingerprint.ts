/** Proves that a read-only role wrote nothing: two equal fingerprints, two equal directories. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, readlink } from 'node:fs/promises';
import { bytesOf, walkFiles, type Entry } from './walk-files.ts';

/** Files read at once. */
const PARALLEL = 16;
/** Beyond this a file counts by size and change time, which no process can set back. */
const MAX_HASHED_BYTES = 16 * 1024 * 1024;

/** Names, modes, sizes and content of everything below `dir`; `skip` names paths that are left out. */
export async function fingerprintOf(dir: string, skip: ReadonlySet<string>): Promise<string> {
  const entries = (await walkFiles(dir, (entry) => !skip.has(entry.path))).filter(
    (entry) => !skip.has(entry.path),
  );
  const lines: string[] = [];
  for (let at = 0; at < entries.length; at += PARALLEL) {
    lines.push(...(await Promise.all(entries.slice(at, at + PARALLEL).map((entry) => describe(dir, entry)))));
  }
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}

/** One line per entry; a line break in a name cannot imitate another line, since names stand in JSON. */
async function describe(dir: string, entry: Entry): Promise<string> {
  const place = bytesOf(dir, entry.path);
  const stat = await lstat(place, { bigint: true }).catch(() => null);
  if (stat === null) return JSON.stringify([entry.path, 'gone']);
  const mode = Number(stat.mode).toString(8);
  if (stat.isSymbolicLink()) return JSON.stringify([entry.path, mode, await readlink(place, 'latin1')]);
  if (!stat.isFile()) return JSON.stringify([entry.path, mode, entry.kind]);
  const large = stat.size > MAX_HASHED_BYTES;
  const content = large ? `changed at ${stat.ctimeNs}` : await contentHash(place);
  return JSON.stringify([entry.path, mode, String(stat.size), content]);
}

async function contentHash(place: Buffer): Promise<string> {
  try {
    await using file = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    return createHash('sha256')
      .update(await file.readFile())
      .digest('hex');
  } catch (error) {
    return `unread: ${(error as NodeJS.ErrnoException).code}`;
  }
}
