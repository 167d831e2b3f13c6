/**
 * Tests of the base that were changed and contradict the change: as the base has them they fail on what is there now,
 * and as they stand now they are green. Either the request asks for the new behaviour, or a test was bent until it agreed.
 */
import type { ChangedBlob } from '../workspace/workspaces.ts';
import type { FindingDraft } from './findings.ts';
import type { TestName } from './judge-tests.ts';
import { isFileOf } from './named-tests.ts';
import { lookAt, type ProofRun, type ProofTree, testKey } from './proof-run.ts';
import { isTestCode } from './test-files.ts';

/** The revision with the tests as the base has them. */
export interface BaseForm extends ProofTree {
  /** What the change made of files of the base's tests: as they are now. */
  changed: readonly ChangedBlob[];
}

interface Order extends ProofRun {
  /** All tests of the suite, as they came out now. */
  tests: readonly TestName[];
  baseForm: () => Promise<BaseForm>;
}

/** With the file whose change may have made them green. */
export interface ContradictedTest {
  file: string;
  name: string;
  line: number | null;
}

/** Costs one setup and one run of the suite per tree in which tests of the base were changed. */
export async function findContradicted(order: Order): Promise<ContradictedTest[]> {
  const form = await order.baseForm();
  const changed = form.changed.filter(({ repo }) => repo === order.repo);
  if (changed.length === 0) return [];
  const seen = await lookAt(order, form);
  const { green, red } = 'problem' in seen ? { green: [], red: [] } : seen;
  // A test in a file that nobody touched leans on something beside the tests: a fixture, a snapshot, a helper.
  const beside = changed.find(({ path }) => !isTestCode(path)) ?? changed[0];
  return order.tests.flatMap((test) => {
    if (!test.green || !test.wasGreen) return [];
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

/** Does not block by itself: the reviewers of the step have to say what they think of it. */
export function describeContradicted(repo: string, { file, name, line }: ContradictedTest): FindingDraft {
  return {
    severity: 'note',
    blocking: false,
    repo,
    file,
    line,
    identity: `contradicted ${name}`,
    problem: `The test \`${name}\`, as the base has it, fails on this tree; it or what it reads was changed, and as it stands now it is green.`,
    fix: 'Where the request asks for the new behaviour, nothing. Else bring the test back and mend the sources.',
  };
}
