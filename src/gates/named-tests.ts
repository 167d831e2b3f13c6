/** Finds tests by the names that people and agents call them by. Pure. */
import type { TestName } from './judge-tests.ts';

/**
 * Each name that the suite has, and whether every test that it means is green. A name may leave out what stands before
 * it: the file, or the suites around the test.
 */
export function findNamedTests(
  wanted: readonly string[],
  tests: readonly TestName[],
): { name: string; green: boolean }[] {
  const known = tests.map(({ file, name, green }) => ({ full: `${file} > ${name}`, green }));
  return wanted.flatMap((name) => {
    const meant = known.filter(({ full }) => full === name || full.endsWith(` > ${name}`));
    return meant.length === 0 ? [] : [{ name, green: meant.every(({ green }) => green) }];
  });
}
