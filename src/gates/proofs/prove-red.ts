/** Whether tests that once showed a fault still show it: on the sources from before the fix they have to fail again. */
import type { DemandedTest } from '../suites/expected-tests.ts';
import type { FindingDraft } from '../findings.ts';
import { lookForRed, type ProofRun, type ProofTree, type Seen, testKey } from './proof-run.ts';

export interface ProofOrder extends ProofRun {
  /** Tests of this gate that are there and green now. */
  tests: readonly DemandedTest[];
  treeOf: (test: DemandedTest) => Promise<ProofTree>;
}

/** A finding for each test that no longer fails there. Costs one setup and one run of the suite per version of the tests. */
export async function proveRed(order: ProofOrder): Promise<FindingDraft[]> {
  const groups = Map.groupBy(order.tests, ({ before, shown }) => `${before.id} ${shown.id}`);
  const drafts: FindingDraft[] = [];
  for (const tests of groups.values()) drafts.push(...(await proveGroup(order, tests)));
  return drafts;
}

async function proveGroup(order: ProofOrder, tests: readonly DemandedTest[]): Promise<FindingDraft[]> {
  const [first] = tests;
  if (first === undefined) return [];
  const tree = await order.treeOf(first);
  if (tree.known) return [];
  const seen = await lookForRed(order, tree);
  if ('problem' in seen) return [notSeen(order, seen.problem)];
  return tests.filter((test) => !seen.red.includes(testKey(test))).map((test) => describe(test, seen));
}

function describe(test: DemandedTest, seen: Seen): FindingDraft {
  const how = seen.green.includes(testKey(test))
    ? 'is green without the fix as well: as it stands now it no longer shows the fault'
    : 'does not run without the fix: as it stands now nothing tells whether it shows the fault';
  return {
    severity: 'critical',
    blocking: true,
    repo: test.repo,
    file: test.file,
    line: null,
    identity: `no_longer_red ${test.name}`,
    problem: `The test \`${test.name}\`, which failed to show the fault, ${how}. It was run as it is now on the sources from before the fix.`,
    fix: 'Bring the test and what it uses back as they were when it failed, and mend the sources; tests of what the fix brings go into a file of their own.',
  };
}

function notSeen({ repo, gate }: ProofOrder, problem: string): FindingDraft {
  return {
    severity: 'major',
    blocking: true,
    repo,
    file: null,
    line: null,
    identity: 'red_not_measured',
    problem: `${gate.name} could not be run on the sources from before the fix, so that nothing tells whether its tests still show the fault: ${problem}`,
    fix: 'Bring the test files back as they were when the test failed; tests of what the fix brings go into files of their own.',
  };
}
