/** Which source a test of Go, pytest or cargo loads, as far as its text and its place show. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { findTestFiles } from '../../gates/suites/test-files.ts';
import type { SystemRunner } from './test-site.ts';

/** Paths relative to the folder that was looked at. */
export interface FoundSite {
  test: string;
  source: string;
  /** Every test file that loads the source. */
  loading: string[];
}

/** One of the sources that as few test files as possible load; null: none was found. */
export async function findSystemSite(dir: string, runner: SystemRunner): Promise<FoundSite | null> {
  const ending = { go: '_test.go', pytest: '.py', cargo: '.rs' }[runner];
  const tests = (await findTestFiles(dir)).filter((path) => path.endsWith(ending));
  const read = (path: string): string => readFileSync(join(dir, path), 'utf8');
  const sources = new Map(tests.map((test) => [test, sourcesOf(dir, runner, { test, text: read(test) })]));
  const all = tests.flatMap((test) =>
    (sources.get(test) ?? []).map((source): FoundSite => {
      const loading = tests.filter((each) => sources.get(each)?.includes(source) === true);
      return { test, source, loading };
    }),
  );
  return all.toSorted((a, b) => a.loading.length - b.loading.length)[0] ?? null;
}

function sourcesOf(
  dir: string,
  runner: SystemRunner,
  { test, text }: { test: string; text: string },
): string[] {
  switch (runner) {
    case 'go':
      return /^func Test/m.test(text)
        ? filesIn(dir, posix.dirname(test)).filter(
            (path) => path.endsWith('.go') && !path.endsWith('_test.go'),
          )
        : [];
    case 'pytest':
      return [...text.matchAll(/^(?:from ([\w.]+) import|import ([\w.]+))/gm)].flatMap(([, from, whole]) => {
        const path = `${(from ?? whole ?? '').replaceAll('.', '/')}.py`;
        return [path, `src/${path}`].filter((each) => existsSync(join(dir, each)));
      });
    case 'cargo':
      return text.includes('#[test]') && existsSync(join(dir, 'src/lib.rs')) ? crateOf(dir) : [];
  }
}

/** The crate's own file, or where that only names others, the first of those. */
function crateOf(dir: string): string[] {
  const has = (path: string): boolean => /^\s*pub fn /m.test(readFileSync(join(dir, path), 'utf8'));
  const all = ['src/lib.rs', ...filesIn(dir, 'src').filter((path) => path.endsWith('.rs'))];
  return all.filter(has).slice(0, 1);
}

function filesIn(dir: string, folder: string): string[] {
  return readdirSync(join(dir, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => posix.join(folder, name))
    .toSorted();
}
