/** New tests that ask for nothing, whether or not anybody names them: a green suite looks larger than it is. */
import type { FindingDraft } from '../findings.ts';
import type { TestName } from '../suites/judge-tests.ts';
import { isFileOf } from '../suites/named-tests.ts';
import { weighTests } from './empty-tests.ts';

/** As many as are cited. */
const MAX_CITED = 20;

interface Order {
  repo: string;
  /** All tests of the suite, as they came out now. */
  tests: readonly TestName[];
  /** Files to which something was added since the base. */
  filled: readonly string[];
  read: (path: string) => Promise<string | null>;
}

/** Of tests that are green now and were not at the base. Looks at their text alone, and runs nothing. */
export async function findNewEmpty({ repo, tests, filled, read }: Order): Promise<FindingDraft[]> {
  const byFile = Map.groupBy(tests, ({ file }) => file);
  const found: FindingDraft[] = [];
  for (const [file, all] of byFile) {
    const fresh = all.filter(({ green, wasGreen }) => green && !wasGreen);
    const path = fresh.length === 0 ? undefined : filled.find((each) => isFileOf(each, file));
    const text = path === undefined ? null : await read(path);
    if (path === undefined || text === null) continue;
    const weights = weighTests(text, fresh, all);
    found.push(
      ...fresh.filter((_, at) => weights[at] === 'nothing').map((test) => emptyTest(repo, { ...test, path })),
    );
  }
  return found.slice(0, MAX_CITED);
}

/** Does not block by itself: text alone may be read wrongly, and a criterion stays open where it is named for one. */
export function emptyTest(
  repo: string,
  { name, line, path, named = false }: { name: string; line: number | null; path: string; named?: boolean },
): FindingDraft {
  const is = named ? 'is named for an acceptance criterion' : 'is new';
  return {
    severity: 'major',
    blocking: false,
    repo,
    file: path,
    line,
    identity: `empty_test ${name}`,
    problem: `The test \`${name}\` ${is} and asks for nothing: nothing in it is held against anything.`,
    fix: 'Let it assert what its name or its criterion says, in a call or statement that names what it does (assert, expect, should, check…).',
  };
}
