/** All gates of one repository, side by side as far as cores and checkouts bear it. */
import { z } from 'zod';
import type { AddedMigration, Coverage, NamedTestSeen, RepoRollback, TestCounts } from '../core/records.ts';
import { GATE_STATUSES, SEVERITIES, onlyComputes, runsNothing, runsSuites } from '../core/words.ts';
import type { Endpoint } from '../core/checks/endpoints.ts';
import type { GateKind } from '../core/words.ts';
import type { GateCommand, ModuleConfig, RepoConfig } from '../definitions/config.ts';
import { GREEN, type DemandedTest, type TestExpectation } from './suites/expected-tests.ts';
import type { SuiteFiles } from './checkouts.ts';
import type { ChangedLines } from './change/changed-lines.ts';
import { refuseBrokenSetup } from './broken-setup.ts';
import { expectedTrees, hashConfig, inputsOf } from './gate-inputs.ts';
import type { FindingDraft } from './findings.ts';
import { modulesToPrepare } from './run-setup.ts';
import type { ApartGate, GateSide } from './gate-side.ts';
import type { SetupOutcome } from './run-setup.ts';
import type { Judgement } from './suites/judge-tests.ts';
import type { GateTimes } from './longest-first.ts';
import { measure } from './measure-gate.ts';
import { endpointsFor } from './probe/run-probe.ts';
import type { OldForm } from './proofs/contradicted-tests.ts';
import type { BareForm } from './proofs/leaning-tests.ts';
import { measureExecuted } from './executed/measure-executed.ts';
import { entriesOf } from './reach/run-reach.ts';
import { ownedByTests } from './mutation/judge-mutants.ts';
import { measureMutation, suitesOf } from './mutation/mutation-gate.ts';
import { roundTripOf } from './rollback/migration-gate.ts';
import { lookingAlone, proveTests } from './proofs/gate-proofs.ts';
import type { ProofTree } from './proofs/proof-run.ts';
import { cacheKey } from './result-cache.ts';
import type { ResultCache } from './result-cache.ts';
import type { GateSurroundings } from './run-gate-command.ts';
import type { Slots } from './turns.ts';
import { missingModule, NOTHING_TO_ASK, notRun, unrunRollback } from './unrun-gates.ts';

/** A gate's result before its findings have numbers. */
export interface GateOutcome extends Omit<Judgement, 'names'> {
  gate: string;
  kind: GateKind;
  repo: string;
  module: string;
  /** Of the tests that were looked for, those that are there. */
  named?: NamedTestSeen[];
  coverage?: Coverage;
  held_back?: string[];
  rollback?: RepoRollback[];
  contradicted?: { file: string; name: string }[];
  log: string;
  configHash: string;
  durationMs: number;
  cached: boolean;
}

export interface RepoOrder {
  repo: string;
  config: RepoConfig;
  set: 'quick' | 'full';
  /** Trees of the repository. */
  baseTree: string;
  tree: string;
  expected: TestExpectation;
  /** The sources from before a demanded test, with the tests as they are now. */
  proofOf: (test: DemandedTest) => Promise<ProofTree>;
  /** The base's sources with the tests as they are now. */
  withoutChange: (suite: SuiteFiles) => Promise<ProofTree>;
  /** Files of the revision that are named as tests. */
  testFiles: () => Promise<readonly string[]>;
  /** Whether trees with other sources share what the module's setups install. */
  sharesSetups: (module: ModuleConfig) => Promise<boolean>;
  /** The revision without these files of a suite. */
  partOfSuite: (leftOut: ReadonlySet<string>) => Promise<ProofTree>;
  /** The revision with the tests as the base has them. */
  baseForm: () => Promise<OldForm>;
  /** The same, without the test code that the change brings. */
  bareForm: () => Promise<BareForm>;
  /** The revision with the tests as they were when this one showed a fault. */
  shownForm: (test: DemandedTest) => Promise<OldForm>;
  /** The text of a file of the revision; null where there is none. */
  readHead: (path: string) => Promise<string | null>;
  /** The same of the base. */
  readBase: (path: string) => Promise<string | null>;
  /** Tests that are looked for by name; null: none is. */
  named: readonly string[] | null;
  /** Files to which something was added since the base. */
  filled: readonly string[];
  /** Whether the revision's own gate configuration counts: a person approved it. */
  ownConfig: boolean;
  /** Shared by all passes. */
  slots: Slots;
  times: GateTimes;
  /** Whether the coverage of changed lines is asked for. */
  coverage: boolean;
  /** The step whose agent wrote the tests of the change; null: nobody is known. */
  testWriter: string | null;
  /** Of all repositories: what a probe asks the running service. */
  endpoints: readonly Endpoint[];
  /** The lines that differ from the base, in all repositories; null: too many to be read whole. */
  changed: () => Promise<ChangedLines | null>;
  base: GateSide;
  /** The revision in a checkout of its own, for a second look: made where one is needed. */
  again: GateSide;
  head: GateSide;
  /** The gate that reads both trees and runs nothing. */
  reach: (module: ModuleConfig, gate: GateCommand) => Promise<Stored>;
  /** The migrations that the change adds to a module. */
  migrations: (module: ModuleConfig) => Promise<AddedMigration[]>;
  /** The gate that asks the forge's own checks. */
  forgeChecks: (gate: GateCommand) => Promise<Stored>;
  /** Where the product begins; null: nowhere that can be found. */
  entryFiles: () => Promise<ReadonlySet<string> | null>;
  cache: ResultCache;
  around: GateSurroundings;
}

export interface GateJob {
  module: ModuleConfig;
  gate: GateCommand;
  key: string;
  stored: Stored | null;
}

const STORED = z.object({
  status: z.enum(GATE_STATUSES),
  summary: z.string(),
  tests: z.custom<TestCounts>((value) => typeof value === 'object' && value !== null).nullable(),
  drafts: z.array(
    z.object({
      severity: z.enum(SEVERITIES),
      blocking: z.boolean(),
      repo: z.string().nullable(),
      file: z.string().nullable(),
      line: z.number().nullable(),
      problem: z.string(),
      fix: z.string(),
      identity: z.string(),
    }) satisfies z.ZodType<FindingDraft>,
  ),
  red: z.array(z.object({ file: z.string(), name: z.string() })).optional(),
  names: z
    .array(
      z.object({
        file: z.string(),
        name: z.string(),
        line: z.number().nullable(),
        green: z.boolean(),
        wasGreen: z.boolean(),
        movedFrom: z.string().optional(),
      }),
    )
    .optional(),
  coverage: z.custom<Coverage>((value) => typeof value === 'object' && value !== null).optional(),
  log: z.string(),
  durationMs: z.number(),
});
export type Stored = z.infer<typeof STORED>;

/** Results in the order of the configuration. Unchanged inputs are not run again. Whoever fails, all have ended before this does. */
export async function runRepoGates(order: RepoOrder): Promise<GateOutcome[]> {
  const jobs = await planJobs(order);
  const waiting = new Set(jobs.filter((job) => job.stored === null && job.gate.kind !== 'setup'));
  const first = order.times.sort(order.repo, jobs, isSerial);
  const ended = await Promise.allSettled(first.map((job) => runAndProve(order, job, waiting)));
  order.around.signal.throwIfAborted();
  const outcomes = new Map(
    ended.map((end, at): [GateJob | undefined, GateOutcome] => {
      if (end.status === 'rejected') throw end.reason;
      return [first[at], end.value];
    }),
  );
  return jobs.flatMap((job) => outcomes.get(job) ?? []);
}

/** What is known of named tests beside their suite is found while that runs. */
async function runAndProve(order: RepoOrder, job: GateJob, waiting: Set<GateJob>): Promise<GateOutcome> {
  const { gate } = job;
  const alone = lookingAlone(order, job);
  const turn = isSerial(job) ? 'alone' : 'beside';
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    // Others need not wait while the forge is at work.
    if (gate.kind === 'forge_checks') return work();
    return order.slots.take(turn, onlyComputes(gate.kind) ? 'patient' : 'steady', async () => {
      order.around.signal.throwIfAborted();
      using _ = told(order, job);
      return await work();
    });
  };
  const isAskedEarly = order.named !== null && gate.kind === 'tests' && turn === 'beside';
  const [ran, looked] = await Promise.allSettled([
    job.stored ?? inTurn(() => runTimed(order, job, waiting)),
    isAskedEarly && job.stored === null ? order.slots.take('beside', 'patient', alone) : null,
  ]);
  if (ran.status === 'rejected') throw ran.reason;
  if (looked.status === 'rejected') throw looked.reason;
  const outcome = outcomeOf(order, job, ran.value);
  const { names } = ran.value;
  return names === undefined ? outcome : inTurn(() => proveTests(order, job, { outcome, names, alone }));
}

async function runTimed(order: RepoOrder, job: GateJob, waiting: Set<GateJob>): Promise<Stored> {
  const startedAt = performance.now();
  const result = await runJob(order, job, waiting);
  order.times.note(order.repo, job, performance.now() - startedAt);
  return result;
}

/** Says that a gate begins, and that it has ended. */
function told({ repo, around }: RepoOrder, { module, gate }: GateJob): Disposable {
  const { name, command, timeoutMs } = gate;
  const limitMs = timeoutMs ?? around.timeoutMs;
  const ended = around.begins?.({ repo, module: module.path, gate: name, command, limitMs });
  return { [Symbol.dispose]: () => ended?.() };
}

/** A setup runs only where a gate that needs it does: its own module's, or one in a folder below. */
async function planJobs(order: RepoOrder): Promise<GateJob[]> {
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
function isSerial({ gate, module }: GateJob): boolean {
  return (runsSuites(gate.kind) ? suitesOf(module) : [gate]).some(({ serial }) => serial === true);
}

function needsSetup(order: RepoOrder, gate: GateCommand): boolean {
  if (gate.kind === 'rollback') return roundTripOf(gate) !== null;
  return !runsNothing(gate.kind) && !(gate.kind === 'probe' && asksNothing(order, gate));
}

const asksNothing = (order: RepoOrder, gate: GateCommand): boolean =>
  endpointsFor(gate, order.repo, order.endpoints).length === 0;

/** A test that has to fail may belong to any suite. */
function isDue(order: RepoOrder, gate: GateCommand): boolean {
  if (gate.kind === 'coverage') return order.coverage;
  if (gate.kind === 'mutation') return order.set === 'full' && !order.expected.red;
  return order.set === 'full' || gate.set === 'quick' || (order.expected.red && gate.kind === 'tests');
}

function planGates(order: RepoOrder, module: ModuleConfig): Promise<GateJob[]> {
  const gates = module.gates.filter((gate) => isDue(order, gate));
  return Promise.all(gates.map((gate) => planJob(order, module, gate)));
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

function outcomeOf(order: RepoOrder, { gate, module, stored }: GateJob, result: Stored): GateOutcome {
  const { names: _, ...measured } = result;
  const judged = gate.kind === 'mutation' ? ownedByTests(measured, order.testWriter) : measured;
  const what = { gate: gate.name, kind: gate.kind, repo: order.repo, module: module.path };
  return { ...what, ...judged, configHash: hashConfig(order, module, gate), cached: stored !== null };
}

/** `waiting`: gates that have not come to their turn. */
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
