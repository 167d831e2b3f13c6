/** Which sources were written to while a suite ran: what tests saw has to be what would be submitted. */
import { existsSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { GatePlace } from '../run-gate-command.ts';
import { bytesOf, readablePath, walkFiles } from '../../workspace/walk-files.ts';
import { sourcesLaidOver, whatIsLaidOver } from './overlaid-sources.ts';
import { isWatched } from './watched-names.ts';

const NEVER_WALKED = new Set(['node_modules', '.git']);
/** What builds make is called so, and product may be. */
const OFTEN_BUILT = new Set(['coverage', 'target', '.venv']);
/** Files by which cargo, uv and venv say that a folder is theirs. */
const MARKS_OF_BUILDS = ['CACHEDIR.TAG', 'pyvenv.cfg'];

export interface SourceWatch {
  /** Paths of the repository, sorted: written to, replaced or removed since, even where they are as they were again. */
  written(): Promise<string[]>;
}

/**
 * Begins to watch, once everything of the engine's is in place. In an overlay each file that is opened for writing is
 * copied into the overlay's own folder, whatever is written; elsewhere the time of its last change tells, which no program can set.
 */
export async function watchSources({
  root,
  overlays,
}: Pick<GatePlace, 'root' | 'overlays'>): Promise<SourceWatch> {
  const overlay = overlays.find(({ path }) => path === root);
  if (overlay === undefined) return watchInPlace(root);
  const before = await whatIsLaidOver(root, overlay.written);
  return { written: () => sourcesLaidOver(root, overlay, before) };
}

async function watchInPlace(root: string): Promise<SourceWatch> {
  const walked = new Set<string>();
  const before = await timesBelow(root, (path) => {
    if (MARKS_OF_BUILDS.some((mark) => existsSync(join(root, readablePath(path), mark)))) return false;
    walked.add(path);
    return true;
  });
  return {
    async written() {
      const after = await timesBelow(root, (path) => walked.has(path));
      return [...before].flatMap(([path, at]) => (after.get(path) === at ? [] : [path])).sort();
    },
  };
}

/** When each source below a folder was last changed, in nanoseconds. */
async function timesBelow(root: string, isProduct: (path: string) => boolean): Promise<Map<string, bigint>> {
  const entries = await walkFiles(
    root,
    ({ name, path }) => !NEVER_WALKED.has(name) && (!OFTEN_BUILT.has(name) || isProduct(path)),
  );
  const sources = entries.filter(({ kind, path }) => kind === 'file' && isWatched(readablePath(path)));
  const times = await Promise.all(
    sources.map(async ({ path }) => {
      const info = await lstat(bytesOf(root, path), { bigint: true }).catch(() => null);
      return info === null ? [] : [[readablePath(path), info.ctimeNs] as const];
    }),
  );
  return new Map(times.flat());
}
