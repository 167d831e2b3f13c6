/** Finds tests by the names that people and agents call them by. Pure. */
import type { NamedTestSeen } from '../../core/records.ts';
import type { FileChange } from '../../workspace/workspaces.ts';
import type { TestName } from './judge-tests.ts';

/** What a green test says of a change: `already_there`, where it is green without the change too; `empty`, where it asks for nothing. */
export type TestWorth = 'shows' | 'already_there' | 'empty';

/**
 * Each name that the suite has, whether every test that it means is green, and what they are worth: as much as the one
 * among them that shows most. A name may leave out what stands before it: the file, or the suites around the test.
 */
export function findNamedTests(
  wanted: readonly string[],
  tests: readonly TestName[],
  worthOf: (test: TestName) => TestWorth,
): NamedTestSeen[] {
  return wanted.flatMap((name) => {
    const meant = testsMeant(name, tests);
    if (meant.length === 0) return [];
    const green = meant.every((test) => test.green);
    const worth = meant.map(worthOf);
    if (worth.includes('shows')) return [{ name, green }];
    return [
      worth.includes('already_there') ? { name, green, already_there: true } : { name, green, empty: true },
    ];
  });
}

export function testsMeant(name: string, tests: readonly TestName[]): TestName[] {
  return tests.filter((test) => {
    const full = `${test.file} > ${test.name}`;
    return full === name || full.endsWith(` > ${name}`);
  });
}

/** The files of a repository to which a change added lines; one that was only moved or cut is none. */
export function filledFiles(changes: readonly FileChange[], repo: string): string[] {
  return changes.filter((each) => each.repo === repo && each.linesAdded > 0).map(({ path }) => path);
}

const FILE = /\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kt|cs|php|swift|exs?|vue|svelte)$/u;

/** Some reports name a class in place of a file: `tests.orders.TestAdd` for `tests/orders.py`. */
export function isFileOf(path: string, file: string): boolean {
  if (path === file || FILE.test(file)) return path === file;
  const dotted = path.replace(/\.\w+$/, '').replaceAll('/', '.');
  return !file.includes('/') && (`.${dotted}.`.endsWith(`.${file}.`) || `${file}.`.startsWith(`${dotted}.`));
}
