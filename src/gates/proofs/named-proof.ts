/**
 * What named tests are worth: one that shows something of a change fails where the change is taken back. They are run as
 * they are now over the sources of the base, all of a suite at once, and without its other files where they can do without.
 */
import type { NamedTestSeen } from '../../core/records.ts';
import type { SuiteFiles } from '../checkouts.ts';
import { weighTest, type TestWeight } from './empty-tests.ts';
import type { FindingDraft } from '../findings.ts';
import type { AloneLook } from './named-alone.ts';
import { emptyTest } from './new-empty-tests.ts';
import type { TestName } from '../suites/judge-tests.ts';
import { findNamedTests, isFileOf, testsMeant, type TestWorth } from '../suites/named-tests.ts';
import { lookForRed, type ProofRun, type ProofTree, type Seen, testKey } from './proof-run.ts';

export interface NamedOrder extends ProofRun {
  wanted: readonly string[];
  /** All tests of the suite, as they came out now. */
  tests: readonly TestName[];
  /** Files to which something was added since the base. A test of the base in none of them is as it was there. */
  filled: readonly string[];
  withoutChange: (suite: SuiteFiles) => Promise<ProofTree>;
  /** The files of tests that the change filled, without the others. */
  alone: () => Promise<AloneLook | null>;
  read: (path: string) => Promise<string | null>;
}

/**
 * Costs what a look at the filled files alone costs, and, where named tests are not green in it, one setup and one run of the
 * suite per version of the tests; nothing where no named test is green and new or changed.
 */
export async function judgeNamed(
  order: NamedOrder,
): Promise<{ named: NamedTestSeen[]; drafts: FindingDraft[] }> {
  const { wanted, tests } = order;
  const asked = new Map(
    wanted
      .flatMap((name) => testsMeant(name, tests))
      .filter((test) => test.green && !isOfBase(order, test))
      .map((test) => [testKey(test), test]),
  );
  const worth = asked.size === 0 ? new Map<string, TestWorth>() : await judgeAll(order, [...asked.values()]);
  const worthOf = (test: TestName): TestWorth =>
    worth.get(testKey(test)) ?? (isOfBase(order, test) ? 'already_there' : 'shows');
  const empty = [...asked.values()].filter((test) => worthOf(test) === 'empty');
  return {
    named: findNamedTests(wanted, tests, worthOf),
    drafts: empty.map((test) => {
      const path = order.filled.find((each) => isFileOf(each, test.file)) ?? test.file;
      return emptyTest(order.repo, { ...test, path, named: true });
    }),
  };
}

const isOfBase = ({ filled }: NamedOrder, { wasGreen, file }: TestName): boolean =>
  wasGreen && !filled.some((path) => isFileOf(path, file));

async function judgeAll(order: NamedOrder, asked: readonly TestName[]): Promise<Map<string, TestWorth>> {
  const seen = await seeWithoutChange(order, asked);
  // Where nothing runs there, what is new may be missing: then the text has to say that something is asked for.
  const { green, red } = 'problem' in seen ? { green: [], red: [] } : seen;
  const all = asked.map(async (test): Promise<[string, TestWorth]> => {
    const key = testKey(test);
    const weight = await weightOf(order, test);
    if (weight === 'nothing') return [key, 'empty'];
    if (green.includes(key)) return [key, 'already_there'];
    return [key, red.includes(key) || weight === 'asserts' ? 'shows' : 'empty'];
  });
  return new Map(await Promise.all(all));
}

async function seeWithoutChange(
  order: NamedOrder,
  asked: readonly TestName[],
): Promise<Seen | { problem: string }> {
  const alone = await order.alone();
  const isSeen = (test: TestName): boolean =>
    alone !== null && alone.files.has(test.file) && alone.green.has(testKey(test));
  if (alone !== null && asked.every(isSeen)) return alone.without;
  const files = new Set(order.tests.map(({ file }) => file));
  const tree = await order.withoutChange({ files, leftOut: new Set() });
  return tree.known ? asSeenNow(order.tests) : lookForRed(order, tree);
}

/** Where the change is nothing but tests, its tree is the one that was measured. */
const asSeenNow = (tests: readonly TestName[]): Seen => ({
  green: tests.filter(({ green }) => green).map(testKey),
  red: [],
});

/** A file that cannot be read is given the benefit of the doubt: a report may name what is none. */
async function weightOf(order: NamedOrder, test: TestName): Promise<TestWeight> {
  const path = order.filled.find((each) => isFileOf(each, test.file)) ?? test.file;
  const text = await order.read(path);
  if (text === null) return 'asserts';
  return weighTest(
    text,
    test,
    order.tests.filter(({ file }) => file === test.file),
  );
}
