/** Which gates of a repository are due in a pass, with what is known of each. */
import { runsNothing, runsSuites } from '../core/words.ts';
import type { GateCommand, ModuleConfig } from '../definitions/config.ts';
import { expectedTrees, inputsOf } from './gate-inputs.ts';
import { suitesOf } from './mutation/mutation-gate.ts';
import { endpointsFor } from './probe/run-probe.ts';
import { entriesOf } from './reach/run-reach.ts';
import { cacheKey } from './result-cache.ts';
import { roundTripOf } from './rollback/migration-gate.ts';
import { STORED, type GateJob, type RepoOrder } from './repo-order.ts';
import { modulesToPrepare } from './run-setup.ts';
import { GREEN } from './suites/expected-tests.ts';

/** A setup runs only where a gate that needs it does: its own module's, or one in a folder below. */
export async function planJobs(order: RepoOrder): Promise<GateJob[]> {
  const { modules } = order.config;
  const planned = await Promise.all(modules.map((module) => planGates(order, module)));
  const gates = planned.flat();
  const jobs: GateJob[] = [];
  for (const [index, module] of modules.entries()) {
    const served = gates.filter(
      (job) => needsSetup(order, job.gate) && modulesToPrepare(modules, job.module).includes(module),
    );
    if (module.setup !== null && served.length > 0) {
      const setup = await planJob(order, module, { ...module.setup, kind: 'setup' });
      jobs.push(served.every((job) => job.stored !== null) ? setup : { ...setup, stored: null });
    }
    jobs.push(...(planned[index] ?? []));
  }
  return jobs;
}

/** Who runs the suites keeps to what they need. */
export function isSerial({ gate, module }: GateJob): boolean {
  return (runsSuites(gate.kind) ? suitesOf(module) : [gate]).some(({ serial }) => serial === true);
}

function needsSetup(order: RepoOrder, gate: GateCommand): boolean {
  if (gate.kind === 'rollback') return roundTripOf(gate) !== null;
  return !runsNothing(gate.kind) && !(gate.kind === 'probe' && asksNothing(order, gate));
}

export const asksNothing = (order: RepoOrder, gate: GateCommand): boolean =>
  endpointsFor(gate, order.repo, order.endpoints).length === 0;

/** A test that has to fail may belong to any suite. */
function isDue(order: RepoOrder, gate: GateCommand): boolean {
  if (gate.kind === 'coverage') return order.coverage;
  if (gate.kind === 'mutation') return order.set === 'full' && !order.expected.red;
  return order.set === 'full' || gate.set === 'quick' || (order.expected.red && gate.kind === 'tests');
}

function planGates(order: RepoOrder, module: ModuleConfig): Promise<GateJob[]> {
  const gates = module.gates.filter((gate) => isDue(order, gate));
  return Promise.all(gates.map((gate) => planJob(order, module, inTime(order, gate))));
}

/** Before the tests of a change are written, what no test runs is shown and stops nothing. */
function inTime({ testsToCome }: RepoOrder, gate: GateCommand): GateCommand {
  return gate.kind === 'executed' && testsToCome ? { ...gate, unrun: 'shown' } : gate;
}

async function planJob(order: RepoOrder, module: ModuleConfig, gate: GateCommand): Promise<GateJob> {
  const key = cacheKey({
    what: 'result',
    ...inputsOf(order, module, gate),
    tree: order.tree,
    base: order.baseTree,
    ...(order.ownConfig ? { configuration: 'own' } : {}),
    ...(runsSuites(gate.kind)
      ? { suites: suitesOf(module).map((suite) => inputsOf(order, module, suite)) }
      : {}),
    ...(gate.kind === 'executed' ? { entries: entriesOf(order.config) } : {}),
    ...(gate.kind === 'probe' ? { endpoints: endpointsFor(gate, order.repo, order.endpoints) } : {}),
    ...(gate.kind === 'tests' && order.expected !== GREEN ? { expected: expectedTrees(order.expected) } : {}),
  });
  return { module, gate, key, stored: await order.cache.read(key, STORED) };
}
