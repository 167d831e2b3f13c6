/** Finds tests by the names that people and agents call them by. Pure. */
import type { NamedTestSeen } from '../core/records.ts';
import type { FileChange } from '../workspace/workspaces.ts';
import type { TestName } from './judge-tests.ts';

/**
 * Each name that the suite has, and whether every test that it means is green. A name may leave out what stands before
 * it: the file, or the suites around the test. `changed`: the files of the repository to which something was added since
 * the run's base; a test that was green there, in a file that is none of them, is `already_there`.
 */
export function findNamedTests(
  wanted: readonly string[],
  tests: readonly TestName[],
  changed: readonly string[],
): NamedTestSeen[] {
  const known = tests.map((test) => ({ ...test, full: `${test.file} > ${test.name}` }));
  return wanted.flatMap((name) => {
    const meant = known.filter(({ full }) => full === name || full.endsWith(` > ${name}`));
    if (meant.length === 0) return [];
    const green = meant.every((test) => test.green);
    const old = meant.every((test) => test.wasGreen && !changed.some((path) => isFileOf(path, test.file)));
    return [{ name, green, ...(old ? ({ already_there: true } as const) : {}) }];
  });
}

/** The files of a repository to which a change added lines; one that was only moved or cut is none. */
export function filledFiles(changes: readonly FileChange[], repo: string): string[] {
  return changes.filter((each) => each.repo === repo && each.linesAdded > 0).map(({ path }) => path);
}

/** Some reports name a class in place of a file: `tests.orders.TestAdd` for `tests/orders.py`. */
function isFileOf(path: string, file: string): boolean {
  if (path === file) return true;
  const dotted = path.replace(/\.\w+$/, '').replaceAll('/', '.');
  return !file.includes('/') && (`.${dotted}.`.endsWith(`.${file}.`) || `${file}.`.startsWith(`${dotted}.`));
}
