/** Which sources were written to while a suite ran: what tests saw has to be what would be submitted. */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { isCode } from '../change/judge-coverage.ts';
import type { GatePlace } from '../run-gate-command.ts';
import { walkFiles } from '../../workspace/walk-files.ts';
import { isTestPart } from './test-files.ts';

/** What the product reads beside its code. */
const DATA = /\.(?:json|ya?ml|toml|sql)$/;
const SKIPPED = new Set(['node_modules', '.git', 'coverage', '__pycache__', '.venv', 'target']);

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
  written,
}: Pick<GatePlace, 'root' | 'written'>): Promise<SourceWatch> {
  const before = await timesBelow(written);
  return {
    async written() {
      const after = await timesBelow(written);
      const changed = [...after].flatMap(([path, at]) => (before.get(path) === at ? [] : [path]));
      const gone = written === root ? [...before.keys()].filter((path) => !after.has(path)) : [];
      const paths = [...changed, ...gone].sort();
      if (written === root) return paths.filter((path) => before.has(path));
      const there = await Promise.all(paths.map((path) => lstat(join(root, path)).catch(() => null)));
      return paths.filter((_, at) => there[at]?.isFile() === true);
    },
  };
}

/** When each source below a folder was last changed, in nanoseconds. What an overlay removed is a device there. */
async function timesBelow(dir: string): Promise<Map<string, bigint>> {
  const entries = await walkFiles(dir, ({ name }) => !SKIPPED.has(name));
  const sources = entries
    .filter(({ kind }) => kind === 'file' || kind === 'special')
    .map(({ path }) => Buffer.from(path, 'latin1').toString())
    .filter((path) => isCode(path) || (DATA.test(path) && !isTestPart(path)));
  const times = await Promise.all(
    sources.map(async (path) => {
      const info = await lstat(join(dir, path), { bigint: true }).catch(() => null);
      return info === null ? [] : [[path, info.ctimeNs] as const];
    }),
  );
  return new Map(times.flat());
}
