/** One gate of a pass in its turn: it is run, or known, and what its tests are worth is proven. */
import { onlyComputes, runsSuites } from '../core/words.ts';
import { refuseBrokenSetup } from './broken-setup.ts';
import { measureExecuted } from './executed/measure-executed.ts';
import { hashConfig } from './gate-inputs.ts';
import type { ApartGate } from './gate-side.ts';
import { measure } from './measure-gate.ts';
import { ownedByTests } from './mutation/judge-mutants.ts';
import { measureMutation } from './mutation/mutation-gate.ts';
import { lookingAlone, proveTests } from './proofs/gate-proofs.ts';
import { asksNothing, isSerial } from './plan-jobs.ts';
import type { GateJob, GateOutcome, RepoOrder, Stored } from './repo-order.ts';
import { modulesToPrepare, type SetupOutcome } from './run-setup.ts';
import { missingModule, NOTHING_TO_ASK, notRun, unrunRollback } from './unrun-gates.ts';

/** What is known of named tests beside their suite is found while that runs. `waiting`: gates that have not come to their turn. */
export async function runInTurn(order: RepoOrder, job: GateJob, waiting: Set<GateJob>): Promise<GateOutcome> {
  const alone = lookingAlone(order, job);
  const turn = isSerial(job) ? 'alone' : 'beside';
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    // Others need not wait while the forge is at work.
    if (job.gate.kind === 'forge_checks') return work();
    return order.slots.take(turn, onlyComputes(job.gate.kind) ? 'patient' : 'steady', () => {
      order.around.signal.throwIfAborted();
      return work();
    });
  };
  using teller = tellerOf(order, job);
  const run = (): Promise<Stored> => {
    teller.begin();
    return runTimed(order, job, waiting);
  };
  const isAskedEarly = job.stored === null && job.gate.kind === 'tests' && turn === 'beside';
  const [ran, looked] = await Promise.allSettled([
    job.stored ?? inTurn(run),
    isAskedEarly && order.named !== null ? order.slots.take('beside', 'patient', alone) : null,
  ]);
  if (ran.status === 'rejected') throw ran.reason;
  if (looked.status === 'rejected') throw looked.reason;
  const outcome = outcomeOf(order, job, ran.value);
  const { names } = ran.value;
  return names === undefined ? outcome : inTurn(() => proveTests(order, job, { outcome, names, alone }));
}

/** Says once that a gate begins, and that it has ended. */
function tellerOf({ repo, around }: RepoOrder, { module, gate }: GateJob): Disposable & { begin(): void } {
  const { name, command, timeoutMs } = gate;
  const limitMs = timeoutMs ?? around.timeoutMs;
  let end: (() => void) | undefined;
  return {
    begin: () => void (end ??= around.begins?.({ repo, module: module.path, gate: name, command, limitMs })),
    [Symbol.dispose]: () => end?.(),
  };
}

async function runTimed(order: RepoOrder, job: GateJob, waiting: Set<GateJob>): Promise<Stored> {
  const startedAt = performance.now();
  const result = await runJob(order, job, waiting);
  order.times.note(order.repo, job, performance.now() - startedAt);
  return result;
}

function outcomeOf(order: RepoOrder, { gate, module, stored }: GateJob, result: Stored): GateOutcome {
  const { names: _, ...measured } = result;
  const judged = gate.kind === 'mutation' ? ownedByTests(measured, order.testWriter) : measured;
  const what = { gate: gate.name, kind: gate.kind, repo: order.repo, module: module.path };
  return { ...what, ...judged, configHash: hashConfig(order, module, gate), cached: stored !== null };
}

async function runJob(order: RepoOrder, job: GateJob, waiting: Set<GateJob>): Promise<Stored> {
  const { head } = order;
  const skipped = (result: Stored): Stored => {
    waiting.delete(job);
    return result;
  };
  if (job.gate.kind === 'reach')
    return keep(order, job, skipped(await order.reach(job.module, job.gate)), true);
  if (job.gate.kind === 'probe' && asksNothing(order, job.gate)) return skipped(NOTHING_TO_ASK);
  const unrun = job.gate.kind === 'rollback' ? await unrunRollback(order, job) : null;
  if (unrun !== null) return skipped(unrun);
  // Never kept: what a forge says of a commit changes without the commit.
  if (job.gate.kind === 'forge_checks') return skipped(await order.forgeChecks(job.gate));
  if (!(await head.hasModule(job.module.path))) return skipped(await missingModule(order, job));
  const setup = await prepare(order, job);
  if (setup?.status === 'fail') await refuseBrokenSetup(order, job.module, setup);
  if (job.gate.kind === 'setup' && setup !== null) return keep(order, job, setup, setup.status === 'pass');
  if (setup !== null && setup.status !== 'pass') return skipped(notRun(setup));
  if (runsSuites(job.gate.kind)) {
    const run = job.gate.kind === 'mutation' ? measureMutation : measureExecuted;
    const result = skipped(await run(order, job));
    return keep(order, job, result, result.status !== 'unverified');
  }
  // Nobody comes after the last gate, so that most passes copy nothing.
  const isLast = (): boolean => {
    waiting.delete(job);
    return waiting.size === 0;
  };
  const which: ApartGate = { module: job.module.path, gate: job.gate.name, isLast };
  const { result, broken } = await head.apart(which, (place) => measure(order, job, place));
  return keep(order, job, result, !broken);
}

/** The last setup that the job needs, or the first one that failed; null: it needs none. */
async function prepare(order: RepoOrder, job: GateJob): Promise<SetupOutcome | null> {
  let last: SetupOutcome | null = null;
  for (const module of modulesToPrepare(order.config.modules, job.module)) {
    if (!(await order.head.hasModule(module.path))) continue;
    last = await order.head.prepare(module);
    if (last !== null && last.status !== 'pass') return last;
  }
  return last;
}

/** What was cut off may go better the next time, and an error says nothing about the revision. */
async function keep(order: RepoOrder, job: GateJob, result: Stored, isFinal: boolean): Promise<Stored> {
  if (isFinal && result.status !== 'error') await order.cache.write(job.key, result);
  return result;
}
