/** Where tests stand whose runner tells no lines: by their own names, in the files that it told. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { NamedTest } from './test-report.ts';

/** A larger file is no test that somebody wrote. */
const MAX_BYTES = 1024 * 1024;

/** A line for each test without one whose name stands in one place of its file alone, or behind the heads of its suites. The others stay as they are. */
export async function withLines(tests: readonly NamedTest[], root: string): Promise<NamedTest[]> {
  const files = new Set(tests.filter(({ line }) => line === null).map(({ file }) => file));
  const read = [...files].map(async (file): Promise<[string, string[]]> => [file, await linesOf(file, root)]);
  const lines = new Map(await Promise.all(read));
  return tests.map((test) =>
    test.line === null ? { ...test, line: lineOf(test.name, lines.get(test.file) ?? []) } : test,
  );
}

async function linesOf(file: string, root: string): Promise<string[]> {
  try {
    const path = await realpath(join(root, file));
    const found = await stat(path);
    if (!path.startsWith(`${root}/`) || !found.isFile() || found.size > MAX_BYTES) return [];
    return (await readFile(path, 'utf8')).split('\n');
  } catch {
    return []; // a class or a module: no file
  }
}

function lineOf(name: string, lines: readonly string[]): number | null {
  const path = name.split(/ > |::/u);
  const places = path.map((part) => placesOf(part, lines));
  const own = places.at(-1) ?? [];
  if (own.length < 2) return own[0] ?? null;
  // The same name in several suites: the first one behind the heads of its own.
  if (path.length === 1) return null;
  let at = 0;
  for (const each of places) {
    const next = each.find((line) => line > at);
    if (next === undefined) return null;
    at = next;
  }
  return at;
}

function placesOf(part: string, lines: readonly string[]): number[] {
  const marks = [`'${part}'`, `"${part}"`, `\`${part}\``, `fn ${part}(`, `def ${part}(`, `mod ${part} {`];
  return lines.flatMap((line, index) => (marks.some((mark) => line.includes(mark)) ? [index + 1] : []));
}
