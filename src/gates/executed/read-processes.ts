/** What each process of a test run executed, as V8 says it (`NODE_V8_COVERAGE`), and what was compiled before it ran. */
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { MAX_FILES, parseJson, readBounded } from './read-bounded.ts';

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
  /** By file of the repository: the texts that ran in its place, at most two. */
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
const MAX_PROCESSES = 2_000;
/** Of a file that ran as several texts nothing can be told, so that a third says no more. */
const MAX_TEXTS = 2;

/** What cannot be read is left out; a process of which a file is too large left no trace. `root`: where the run saw the checkout. */
export async function readProcesses(folder: string, root: string): Promise<Watched> {
  const names = (await readdir(folder).catch(() => []))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .slice(0, MAX_FILES);
  const { read, tooLarge } = openFolder(folder);
  const compiled = await readCompiled(names, read, root);
  const reports = names.filter((name) => name.startsWith('coverage-'));
  const processes: Executed[] = [];
  const ended = new Set<string>();
  for (const name of reports.slice(0, MAX_PROCESSES)) {
    const executed = executedIn(await read(name), root);
    if (executed === null || tooLarge.has(processOf(name))) continue;
    ended.add(processOf(name));
    if (executed.size > 0) processes.push(executed);
  }
  const started = names.flatMap((name) => /^started-(\d+)$/.exec(name)?.[1] ?? []);
  const untold = new Set([...started.filter((pid) => !ended.has(pid)), ...tooLarge]);
  const silent = untold.size + Math.max(0, reports.length - MAX_PROCESSES);
  return { processes, silent, compiled };
}

/** `coverage-PID-…`, `compiled-PID-…` */
const processOf = (name: string): string => name.split('-')[1] ?? '';

type ReadJson = (name: string) => Promise<unknown>;

/** `tooLarge` fills while it reads: whose files were not read, by themselves or with all before them. */
function openFolder(folder: string): { read: ReadJson; tooLarge: ReadonlySet<string> } {
  const tooLarge = new Set<string>();
  const readText = readBounded(folder);
  const read: ReadJson = async (name) => {
    const { text, isTooLarge } = await readText(name);
    if (isTooLarge) tooLarge.add(processOf(name));
    return parseJson(text ?? '');
  };
  return { read, tooLarge };
}

async function readCompiled(
  names: readonly string[],
  read: ReadJson,
  root: string,
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const name of names.filter((each) => each.startsWith('compiled-'))) {
    const { success, data } = COMPILED.safeParse(await read(name));
    if (!success || !data.file.startsWith(`${root}/`)) continue;
    const path = data.file.slice(root.length + 1);
    const texts = found.get(path) ?? [];
    if (texts.length < MAX_TEXTS && !texts.includes(data.text)) found.set(path, [...texts, data.text]);
  }
  return found;
}

function executedIn(report: unknown, root: string): Executed | null {
  const read = REPORT.safeParse(report);
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
