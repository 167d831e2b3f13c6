/** What each process of a test run executed, as V8 says it (`NODE_V8_COVERAGE`), and what was compiled before it ran. */
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

export interface Watched {
  /** One for each report: of a process that ended by itself or by SIGTERM. */
  processes: Executed[];
  /** How many processes began and left no report. */
  silent: number;
  /** By file of the repository: the texts that ran in its place. */
  compiled: ReadonlyMap<string, readonly string[]>;
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
const COMPILED = z.object({ file: z.string(), text: z.string() });
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_FILES = 10_000;
const MAX_PROCESSES = 2_000;

/** What cannot be read is left out. `root`: where the run saw the checkout. */
export async function readProcesses(folder: string, root: string): Promise<Watched> {
  const names = (await readdir(folder).catch(() => []))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .slice(0, MAX_FILES);
  const reports = names.filter((name) => name.startsWith('coverage-'));
  const processes: Executed[] = [];
  const ended = new Set<string>();
  for (const name of reports.slice(0, MAX_PROCESSES)) {
    const executed = await readProcess(join(folder, name), root);
    if (executed === null) continue;
    ended.add(name.split('-')[1] ?? '');
    if (executed.size > 0) processes.push(executed);
  }
  const started = names.flatMap((name) => /^started-(\d+)$/.exec(name)?.[1] ?? []);
  const silent =
    started.filter((pid) => !ended.has(pid)).length + Math.max(0, reports.length - MAX_PROCESSES);
  return { processes, silent, compiled: await readCompiled(folder, names, root) };
}

async function readCompiled(
  folder: string,
  names: readonly string[],
  root: string,
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const name of names.filter((each) => each.startsWith('compiled-'))) {
    const read = COMPILED.safeParse(await readJson(join(folder, name)));
    if (!read.success || !read.data.file.startsWith(`${root}/`)) continue;
    const path = read.data.file.slice(root.length + 1);
    const texts = found.get(path) ?? [];
    if (!texts.includes(read.data.text)) found.set(path, [...texts, read.data.text]);
  }
  return found;
}

async function readProcess(file: string, root: string): Promise<Executed | null> {
  const read = REPORT.safeParse(await readJson(file));
  if (!read.success) return null;
  const found = new Map<string, Range[]>();
  for (const { url, functions } of read.data.result) {
    const path = pathOf(url);
    if (!path.startsWith(`${root}/`) || path.includes('/node_modules/')) continue;
    const ranges = functions.flatMap(({ ranges: [whole] }) =>
      whole === undefined ? [] : [{ start: whole.startOffset, end: whole.endOffset, count: whole.count }],
    );
    // A runner loads a file once for each of its test files.
    const name = path.slice(root.length + 1);
    found.set(name, [...(found.get(name) ?? []), ...ranges]);
  }
  return found;
}

/** Runners give what they compile a path or an address. */
function pathOf(url: string): string {
  if (url.startsWith('/')) return url;
  return url.startsWith('file:') ? fileURLToPath(url.replace(/[?#].*$/, '')) : '';
}

/** undefined: cut off, or somebody else's file, which says nothing. */
async function readJson(file: string): Promise<unknown> {
  try {
    const info = await stat(file);
    return info.isFile() && info.size <= MAX_BYTES ? JSON.parse(await readFile(file, 'utf8')) : undefined;
  } catch {
    return undefined;
  }
}
