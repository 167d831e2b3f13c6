/** What each process of a test run executed, as V8 says it (`NODE_V8_COVERAGE`). */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** Functions by file of the repository: where each ends and begins, and whether it ran. */
export type Executed = ReadonlyMap<string, readonly Range[]>;

export interface Range {
  start: number;
  end: number;
  count: number;
}

const REPORT = z.object({
  result: z.array(
    z.object({
      url: z.string(),
      functions: z.array(
        z.object({
          ranges: z.array(z.object({ startOffset: z.number(), endOffset: z.number(), count: z.number() })),
        }),
      ),
    }),
  ),
});
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_PROCESSES = 2_000;

/** One for each process that ended by itself; what cannot be read is left out. `root`: where the run saw the checkout. */
export async function readProcesses(folder: string, root: string): Promise<Executed[]> {
  const names = (await readdir(folder).catch(() => [])).toSorted((a, b) => (a < b ? -1 : 1));
  const found: Executed[] = [];
  for (const name of names.slice(0, MAX_PROCESSES)) {
    const executed = await readProcess(join(folder, name), root);
    if (executed !== null && executed.size > 0) found.push(executed);
  }
  return found;
}

async function readProcess(file: string, root: string): Promise<Executed | null> {
  try {
    const info = await stat(file);
    if (!info.isFile() || info.size > MAX_BYTES) return null;
    const { result } = REPORT.parse(JSON.parse(await readFile(file, 'utf8')));
    return new Map(
      result.flatMap(({ url, functions }): [string, Range[]][] => {
        const path = url.startsWith('file:') ? fileURLToPath(url.replace(/[?#].*$/, '')) : '';
        if (!path.startsWith(`${root}/`) || path.includes('/node_modules/')) return [];
        const ranges = functions.flatMap(({ ranges: [whole] }) =>
          whole === undefined ? [] : [{ start: whole.startOffset, end: whole.endOffset, count: whole.count }],
        );
        return [[path.slice(root.length + 1), ranges]];
      }),
    );
  } catch {
    return null; // Cut off, or somebody else's file: it says nothing.
  }
}
