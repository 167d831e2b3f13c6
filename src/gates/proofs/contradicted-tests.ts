/**
 * Tests that were changed and contradict the change: as the base has them, or as they were when they showed a fault, they
 * fail on what is there now, and as they stand now they are green. Either that is asked for, or a test was bent until it agreed.
 */
import type { ChangedBlob } from '../../workspace/workspaces.ts';
import type { DemandedTest } from '../suites/expected-tests.ts';
import type { FindingDraft } from '../findings.ts';
import type { TestName } from '../suites/judge-tests.ts';
import { isFileOf } from '../suites/named-tests.ts';
import { lookAt, type ProofRun, type ProofTree, testKey } from './proof-run.ts';
import { isTestCode } from '../suites/test-files.ts';
import { weighTest } from './empty-tests.ts';

/** The revision with the tests as an earlier one has them. */
export interface OldForm extends ProofTree {
  /** What was made since of files of the tests: as they are now. */
  changed: readonly ChangedBlob[];
}

interface Order extends ProofRun {
  /** All tests of the suite, as they came out now. */
  tests: readonly TestName[];
  baseForm: () => Promise<OldForm>;
  /** Tests of this gate that showed a fault. */
  demanded: readonly DemandedTest[];
  shownForm: (test: DemandedTest) => Promise<OldForm>;
}

/** With the file whose change may have made them green. */
export interface ContradictedTest {
  file: string;
  name: string;
  line: number | null;
  /** Whether it is one that showed a fault. */
  demanded: boolean;
}

/** Costs one setup and one run of the suite per tree in which tests were changed, for the base and each step that showed a fault. */
export async function findContradicted(order: Order): Promise<ContradictedTest[]> {
  const known = order.tests.filter((test) => test.green && test.wasGreen);
  const found = (await findIn(order, known, await order.baseForm())).map((test) => ({
    ...test,
    demanded: false,
  }));
  for (const group of Map.groupBy(order.demanded, ({ shown }) => shown.id).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const keys = new Set(group.map(testKey));
    const shown = order.tests.filter((test) => test.green && keys.has(testKey(test)));
    const bent = await findIn(order, shown, await order.shownForm(first));
    found.push(...bent.map((test) => ({ ...test, demanded: true })));
  }
  return found;
}

async function findIn(
  order: Order,
  tests: readonly TestName[],
  form: OldForm,
): Promise<Omit<ContradictedTest, 'demanded'>[]> {
  const changed = form.changed.filter(({ repo }) => repo === order.repo);
  if (changed.length === 0 || tests.length === 0) return [];
  const seen = await lookAt(order, form);
  const { green, red } = 'problem' in seen ? { green: [], red: [] } : seen;
  // A test in a file that nobody touched leans on something beside the tests: a fixture, a snapshot, a helper.
  const beside = changed.find(({ path }) => !isTestCode(path)) ?? changed[0];
  return tests.flatMap((test) => {
    // A file that was moved is back in its old place, and what it is now lies beside it.
    const { movedFrom: file = test.file } = test;
    const own = changed.find(({ path }) => isFileOf(path, file));
    const key = testKey({ file, name: test.name });
    // Where its own file was changed, not to run at all is to fail: what it needs of the sources is gone.
    if (!red.includes(key) && (own === undefined || green.includes(key))) return [];
    return [
      {
        file: test.movedFrom === undefined ? (own?.path ?? beside?.path ?? test.file) : test.file,
        name: test.name,
        line: own === undefined ? null : test.line,
      },
    ];
  });
}

interface Texts {
  /** All tests of the suite, as they came out now. */
  tests: readonly TestName[];
  readHead: (path: string) => Promise<string | null>;
  readBase: (path: string) => Promise<string | null>;
}

/** Those that asked for something in the base and ask for nothing now, as far as their texts tell: nobody means that. */
export async function findEmptied(
  found: readonly ContradictedTest[],
  { tests, readHead, readBase }: Texts,
): Promise<Set<ContradictedTest>> {
  const emptied = new Set<ContradictedTest>();
  for (const test of found) {
    const own = tests.find(({ file, name }) => name === test.name && isFileOf(test.file, file));
    if (own === undefined) continue;
    const [now, was] = [await readHead(test.file), await readBase(own.movedFrom ?? test.file)];
    if (now === null || was === null) continue;
    const others = tests.filter(({ file }) => file === own.file);
    const unplaced = others.map(({ name }) => ({ name, line: null }));
    const asked = weighTest(was, { name: test.name, line: null }, unplaced);
    if (asked === 'asserts' && weighTest(now, own, others) !== 'asserts') emptied.add(test);
  }
  return emptied;
}

/** Stops the change, whatever lanes its step has. */
export function describeEmptied(repo: string, { file, name, line }: ContradictedTest): FindingDraft {
  return {
    severity: 'major',
    blocking: true,
    repo,
    file,
    line,
    identity: `emptied ${name}`,
    problem: `The test \`${name}\`, as the base has it, fails on this tree; it was edited until it asks for nothing.`,
    fix: 'Bring the test back, and mend the sources. Where the request changes what it asked for, let it ask for that.',
  };
}

/** Does not block by itself: the reviewers of the step have to say what they think of it. */
export function describeContradicted(
  repo: string,
  { file, name, line, demanded }: ContradictedTest,
): FindingDraft {
  const form = demanded ? 'it was when it showed the fault' : 'the base has it';
  return {
    severity: 'note',
    blocking: false,
    repo,
    file,
    line,
    identity: `contradicted ${name}`,
    problem: `The test \`${name}\`, as ${form}, fails on this tree; it or what it reads was changed, and as it stands now it is green.`,
    fix: 'Where the request asks for what it says now, nothing. Else bring the test back and mend the sources.',
  };
}
