/**
 * How much an agent left, before anything of it is read: git hashes and stores every byte that it adds, and a file of
 * six gigabytes or a million of them would keep the engine busy for long and fill its store.
 */
import { lstatSync, type Stats } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { runGit } from './git.ts';
import { bytesOf, readablePath } from './walk-files.ts';

/** What one attempt may leave at most. */
export interface ChangeLimits {
  /** New files. */
  maxNewFiles: number;
  /** Bytes of new files, and of files whose size is not that of the base. */
  maxBytes: number;
}

/** Where there is too much, and how much. */
export interface Excess {
  path: string;
  problem: string;
}

interface Place {
  store: string;
  checkout: string;
  /** Holds the base's tree. */
  indexFile: string;
}

/** Looks are cheap and many: now and then others get their turn. */
const LOOKS_AT_ONCE = 2_000;
/** Room for a path in a listing; one that is longer only lowers the number of files that it takes to be too many. */
const BYTES_PER_PATH = 1_024;
/** And for those that the base has, where both are listed together. */
const KNOWN_BYTES = 64 * 1024 * 1024;
const ADDED = ['--others', '--exclude-standard'];

/** Paths of a checkout, as bytes in latin1. */
export interface CheckoutFiles {
  /** What the index does not know and nothing ignores. */
  added: string[];
  /** What the index knows, whether it is still there or not. */
  known: string[];
}

/** null: there are more new files than `maxNewFiles`. */
export async function listCheckout(place: Place, maxNewFiles: number): Promise<CheckoutFiles | null> {
  const room = maxNewFiles * BYTES_PER_PATH;
  const tagged = await listFiles(place, ['-t', ...ADDED, '--cached'], room + KNOWN_BYTES);
  if (tagged !== null) {
    const of = (tag: string): string[] =>
      tagged.filter((line) => line.startsWith(tag)).map((line) => line.slice(tag.length));
    const added = of('? ');
    return added.length > maxNewFiles ? null : { added, known: of('H ') };
  }
  const added = await listFiles(place, ADDED, room);
  if (added === null || added.length > maxNewFiles) return null;
  return { added, known: (await listFiles(place, ['--cached'], null)) ?? [] };
}

/** Why the change is too large to be measured; null: it is not. Ignored files are no part of it. */
export async function findExcess(
  place: Place,
  baseTree: string,
  files: CheckoutFiles | null,
  limits: ChangeLimits,
): Promise<Excess | null> {
  if (files === null) return { path: '.', problem: `holds more than ${limits.maxNewFiles} new files` };
  const sizes = await sizesOf(place.checkout, [...files.added, ...files.known]);
  if (sum(sizes) <= limits.maxBytes) return null;
  const base = await baseSizes(place.store, baseTree);
  const changed = new Map([...sizes].filter(([path, bytes]) => base.get(path) !== bytes));
  const total = sum(changed);
  if (total <= limits.maxBytes) return null;
  const largest = [...changed].reduce((a, b) => (b[1] > a[1] ? b : a));
  const problem = `holds ${largest[1]} of ${total} bytes of new content; ${limits.maxBytes} is the limit`;
  return { path: readablePath(largest[0]), problem };
}

/** null: they take more room than this. */
async function listFiles(place: Place, which: string[], maxBytes: number | null): Promise<string[] | null> {
  const { store, checkout, indexFile } = place;
  const bounds = maxBytes === null ? {} : { maxBytes, overflow: 'cut' as const };
  const args = ['ls-files', '-z', ...which];
  const answer = await runGit({ gitDir: store, workTree: checkout, indexFile, args, ...bounds });
  return answer.cut ? null : answer.stdout.toString('latin1').split('\0').slice(0, -1);
}

/** Plain files only; what is gone has no size. */
async function sizesOf(checkout: string, paths: string[]): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const [index, path] of paths.entries()) {
    if (index % LOOKS_AT_ONCE === LOOKS_AT_ONCE - 1) await breathe();
    const found = lookAt(bytesOf(checkout, path));
    if (found?.isFile() === true) sizes.set(path, found.size);
  }
  return sizes;
}

function lookAt(place: Buffer): Stats | null {
  try {
    return lstatSync(place);
  } catch {
    return null; // gone, or behind what was a folder in the base
  }
}

async function baseSizes(store: string, tree: string): Promise<Map<string, number>> {
  const answer = await runGit({ gitDir: store, args: ['ls-tree', '-r', '-l', '-z', tree] });
  const lines = answer.stdout.toString('latin1').split('\0').slice(0, -1);
  return new Map(
    lines.map((line) => {
      const tab = line.indexOf('\t');
      return [line.slice(tab + 1), Number(line.slice(0, tab).split(/\s+/)[3])];
    }),
  );
}

function sum(sizes: Map<string, number>): number {
  return [...sizes.values()].reduce((total, bytes) => total + bytes, 0);
}
