/** Whether tests that once showed a fault still show it: on the sources from before the fix they have to fail again. */
import { z } from 'zod';
import type { GateCommand, ModuleConfig } from '../definitions/config.ts';
import { hasBrokenEnd } from './describe-end.ts';
import type { DemandedTest } from './expected-tests.ts';
import { excerptTail } from './findings.ts';
import type { FindingDraft } from './findings.ts';
import type { GateSide } from './gate-side.ts';
import { prepareAll, type RunnableSide } from './measure-base.ts';
import { measureTests } from './measure-tests.ts';
import { cacheKey } from './result-cache.ts';
import type { ResultCache } from './result-cache.ts';
import type { GateSurroundings } from './run-gate-command.ts';
import type { NamedTest } from './test-report.ts';

/** The tests of now over the sources of then. */
export interface ProofTree {
  /** Names everything that the tree holds. */
  inputs: string[];
  /** Whether it is the very tree on which the tests were seen to fail. */
  known: boolean;
  side(repo: string): GateSide;
}

export interface ProofOrder {
  repo: string;
  gate: GateCommand;
  module: ModuleConfig;
  modules: ModuleConfig[];
  /** Tests of this gate that are there and green now. */
  tests: readonly DemandedTest[];
  treeOf: (test: DemandedTest) => Promise<ProofTree>;
  /** Names configuration and surroundings of the gate. */
  inputs: object;
  cache: ResultCache;
  around: GateSurroundings;
}

const SEEN = z.object({ red: z.array(z.string()), green: z.array(z.string()) });
type Seen = z.infer<typeof SEEN>;

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
  const seen = await look(order, tree);
  if ('problem' in seen) return [notSeen(order, seen.problem)];
  return tests.filter((test) => !seen.red.includes(keyOf(test))).map((test) => describe(test, seen));
}

async function look(order: ProofOrder, tree: ProofTree): Promise<Seen | { problem: string }> {
  const { repo, gate, module, modules, cache, around } = order;
  const key = cacheKey({ what: 'proof', ...order.inputs, tree: tree.inputs });
  const stored = await cache.read(key, SEEN);
  if (stored !== null) return stored;
  const side: RunnableSide = { side: tree.side(repo), module, modules };
  if (!(await prepareAll(side))) return { problem: 'the setup fails there' };
  const run = await measureTests(gate, await side.side.place(module.path), [], around);
  if (run.report === null || hasBrokenEnd(run.end))
    return {
      problem: `${run.problem ?? 'the run was cut off'}. Its last words:\n${excerptTail(run.log, '')}`,
    };
  const named = (wanted: NamedTest['status']): string[] =>
    run.report?.tests.flatMap((test) => (test.status === wanted ? [keyOf(test)] : [])) ?? [];
  const seen = { red: named('failed'), green: named('passed') };
  await cache.write(key, seen);
  return seen;
}

const keyOf = ({ file, name }: { file: string; name: string }): string => `${file}\0${name}`;

function describe(test: DemandedTest, seen: Seen): FindingDraft {
  const how = seen.green.includes(keyOf(test))
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
