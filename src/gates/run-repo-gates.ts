/** All gates of one repository, one after the other: they share its checkout. */
import { z } from 'zod';
import type { Coverage, NamedTestSeen, TestCounts } from '../core/records.ts';
import { GATE_STATUSES, SEVERITIES } from '../core/words.ts';
import type { GateKind } from '../core/words.ts';
import type { GateCommand, ModuleConfig, RepoConfig } from '../definitions/config.ts';
import { GREEN, type DemandedTest, type TestExpectation } from './suites/expected-tests.ts';
import type { ChangedLine, ChangedLines } from './change/changed-lines.ts';
import { hasBrokenEnd } from './describe-end.ts';
import { refuseBrokenSetup } from './broken-setup.ts';
import { expectedTrees, hashConfig, inputsOf } from './gate-inputs.ts';
import type { FindingDraft } from './findings.ts';
import { modulesToPrepare } from './gate-side.ts';
import type { GateSide, SetupOutcome, WhileHeld } from './gate-side.ts';
import { openScratch } from './gate-scratch.ts';
import { judgeCommand } from './judge-command.ts';
import { judgeTests } from './suites/judge-tests.ts';
import type { Judgement } from './suites/judge-tests.ts';
import { measureCoverage, measureHelp } from './change/measure-additions.ts';
import { measureBaseCommand, measureBaseTests, prepareAll } from './measure-base.ts';
import type { BaseOptions } from './measure-base.ts';
import { measureTests, type TestsRun } from './suites/measure-tests.ts';
import { rerunRed } from './suites/rerun-red.ts';
import type { OldForm } from './proofs/contradicted-tests.ts';
import { proveTests, withRedProof } from './proofs/gate-proofs.ts';
import type { ProofTree } from './proofs/proof-run.ts';
import { cacheKey } from './result-cache.ts';
import type { ResultCache } from './result-cache.ts';
import { runGateCommand } from './run-gate-command.ts';
import type { GateSurroundings } from './run-gate-command.ts';

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
  withoutChange: (files: ReadonlySet<string>) => Promise<ProofTree>;
  /** The revision with the tests as the base has them. */
  baseForm: () => Promise<OldForm>;
  /** The revision with the tests as they were when this one showed a fault. */
  shownForm: (test: DemandedTest) => Promise<OldForm>;
  /** The text of a file of the revision; null where there is none. */
  readHead: (path: string) => Promise<string | null>;
  /** Tests that are looked for by name; null: none is. */
  named: readonly string[] | null;
  /** Files to which something was added since the base. */
  filled: readonly string[];
  /** Whether the revision's own gate configuration counts: a person approved it. */
  ownConfig: boolean;
  whileHeld: WhileHeld;
  /** Whether the coverage of changed lines is asked for. */
  coverage: boolean;
  /** The lines that differ from the base, in all repositories; null: too many to be read whole. */
  changed: () => Promise<ChangedLines | null>;
  base: GateSide;
  /** The revision in a checkout of its own, for a second look: made where one is needed. */
  again: { side: GateSide; whileHeld: WhileHeld };
  head: GateSide;
  cache: ResultCache;
  around: GateSurroundings;
}

interface GateJob {
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
type Stored = z.infer<typeof STORED>;

/** In the order of the configuration, each module's setup before its gates. Unchanged inputs are not run again. */
export async function runRepoGates(order: RepoOrder): Promise<GateOutcome[]> {
  const jobs = await planJobs(order);
  const waiting = jobs.filter((job) => job.stored === null && job.gate.kind !== 'setup');
  const outcomes: GateOutcome[] = [];
  for (const job of jobs) {
    order.around.signal.throwIfAborted();
    const isLast = waiting.at(-1) === job;
    if (job.stored !== null) outcomes.push(await describe(order, job, job.stored, true));
    else outcomes.push(await describe(order, job, await runJob(order, job, isLast), false));
  }
  return outcomes;
}

/** A setup runs only where a gate that needs it does: its own module's, or one in a folder below. */
async function planJobs(order: RepoOrder): Promise<GateJob[]> {
  const { modules } = order.config;
  const planned = await Promise.all(modules.map((module) => planGates(order, module)));
  const gates = planned.flat();
  const jobs: GateJob[] = [];
  for (const [index, module] of modules.entries()) {
    const served = gates.filter((job) => modulesToPrepare(modules, job.module).includes(module));
    if (module.setup !== null && served.length > 0) {
      const setup = await planJob(order, module, { ...module.setup, kind: 'setup' });
      jobs.push(served.every((job) => job.stored !== null) ? setup : { ...setup, stored: null });
    }
    jobs.push(...(planned[index] ?? []));
  }
  return jobs;
}

/** A test that has to fail may belong to any suite. */
function isDue(order: RepoOrder, gate: GateCommand): boolean {
  if (gate.kind === 'coverage') return order.coverage;
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
    ...(gate.kind === 'tests' && order.expected !== GREEN ? { expected: expectedTrees(order.expected) } : {}),
  });
  return { module, gate, key, stored: await order.cache.read(key, STORED) };
}

/** What the gate came to, with what trees put together for it show of its tests. */
async function describe(
  order: RepoOrder,
  { gate, module }: GateJob,
  { names, ...result }: Stored,
  cached: boolean,
): Promise<GateOutcome> {
  const what = { gate: gate.name, kind: gate.kind, repo: order.repo, module: module.path };
  const outcome = { ...what, ...result, configHash: hashConfig(order, module, gate), cached };
  return names === undefined ? outcome : proveTests(order, { gate, module }, { outcome, names });
}

async function runJob(order: RepoOrder, job: GateJob, isLast: boolean): Promise<Stored> {
  const { head } = order;
  if (!(await head.hasModule(job.module.path))) return missingModule(order, job);
  const setup = await prepare(order, job);
  if (setup?.status === 'fail') await refuseBrokenSetup(order, job.module, setup);
  if (job.gate.kind === 'setup' && setup !== null) return keep(order, job, setup, setup.status === 'pass');
  if (setup !== null && setup.status !== 'pass') return notRun(setup);
  const work = (): Promise<{ result: Stored; broken: boolean }> =>
    order.whileHeld(job.module.path, job.gate.name, () => measure(order, job));
  // Nobody comes after the last gate, so that most passes copy nothing.
  const { result, broken } = isLast ? await work() : await head.unchanged(work);
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

async function measure(order: RepoOrder, job: GateJob): Promise<{ result: Stored; broken: boolean }> {
  const { gate, module } = job;
  const { around, cache } = order;
  const place = await order.head.place(module.path);
  const about = { repo: order.repo, root: place.root, module: module.path, gate: gate.name, kind: gate.kind };
  const key = cacheKey({ what: 'base', ...inputsOf(order, module, gate), tree: order.baseTree });
  const baseOptions: BaseOptions = {
    gate,
    module,
    modules: order.config.modules,
    side: order.base,
    cache,
    key,
    around,
  };
  if (gate.kind === 'tests' && gate.reporter !== 'none') {
    const base = await measureBaseTests(baseOptions);
    const known = [...new Set(base.report?.tests.map((test) => test.file) ?? [])];
    const first = await measureTests(gate, place, known, around);
    const settled = order.expected.red
      ? { run: first, drafts: [] }
      : await rerunRed({ base, run: first, about }, () => measureElsewhere(order, job, known));
    const { run } = settled;
    const judged = withFlaky(judgeTests(base, run, about, order.expected), settled.drafts);
    const judgement = await withRedProof(order, job, judged);
    return {
      result: { ...judgement, log: run.log, durationMs: run.durationMs },
      broken: hasBrokenEnd(run.end),
    };
  }
  if (gate.kind === 'coverage' || gate.kind === 'help') {
    const work = { repo: order.repo, gate, place, changed: await changedIn(order, module, gate), around };
    const { judgement, run } =
      gate.kind === 'coverage'
        ? await measureCoverage(work)
        : await measureHelp(work, () => measureBaseCommand(baseOptions));
    return {
      result: { ...judgement, log: run.log, durationMs: run.durationMs },
      broken: hasBrokenEnd(run.end),
    };
  }
  await using scratch = await openScratch(place.dir, 'none');
  const run = await runGateCommand(gate, { place, scratch, argv: gate.command, env: {} }, around);
  const isRed = run.end.exit !== 0 && !hasBrokenEnd(run.end);
  const base = isRed ? await measureBaseCommand(baseOptions) : null;
  return {
    result: { ...judgeCommand(base, run, about), log: run.log, durationMs: run.durationMs },
    broken: hasBrokenEnd(run.end),
  };
}

/** The suite where nothing has run before: whatever the first run left would help the second. null: it cannot run there. */
async function measureElsewhere(
  order: RepoOrder,
  { gate, module }: GateJob,
  known: string[],
): Promise<TestsRun | null> {
  const { side, whileHeld } = order.again;
  if (!(await prepareAll({ side, module, modules: order.config.modules }))) return null;
  const place = await side.place(module.path);
  return whileHeld(module.path, gate.name, () => measureTests(gate, place, known, order.around));
}

/** Named in the summary and as findings that stop nothing: green, and never silently so. */
function withFlaky(judgement: Judgement, drafts: FindingDraft[]): Judgement {
  if (drafts.length === 0) return judgement;
  const summary = `${judgement.summary}, ${drafts.length} flaky`;
  return { ...judgement, summary, drafts: [...judgement.drafts, ...drafts] };
}

/** What the gate has to answer for: a module inside this one that has such a gate answers for itself. */
async function changedIn(
  order: RepoOrder,
  module: ModuleConfig,
  gate: GateCommand,
): Promise<ChangedLines | null> {
  const changed = await order.changed();
  if (changed === null) return null;
  const inner = order.config.modules.filter(
    (other) => other !== module && holds(module, other.path) && other.gates.some((g) => g.kind === gate.kind),
  );
  const isHere = ({ repo, path }: ChangedLine): boolean =>
    repo === order.repo && holds(module, path) && !inner.some((other) => holds(other, path));
  return {
    added: changed.added.filter(isHere),
    kept: changed.kept.filter(isHere),
    removed: changed.removed.filter(isHere),
  };
}

function holds(module: ModuleConfig, path: string): boolean {
  return module.path === '.' || path.startsWith(`${module.path}/`);
}

function notRun(setup: { summary: string }): Stored {
  // The setup's own finding says what to mend; a second one for each gate would only repeat it.
  return {
    status: 'error',
    summary: `not run: the setup failed (${setup.summary})`,
    tests: null,
    drafts: [],
    log: '',
    durationMs: 0,
  };
}

async function missingModule(order: RepoOrder, job: GateJob): Promise<Stored> {
  const nothing = { tests: null, log: '', durationMs: 0 };
  if (!(await order.base.hasModule(job.module.path))) {
    return {
      ...nothing,
      status: 'not_applicable',
      summary: `there is no folder ${job.module.path}`,
      drafts: [],
    };
  }
  const draft: FindingDraft = {
    severity: 'major',
    blocking: true,
    repo: order.repo,
    file: null,
    line: null,
    identity: 'module_gone',
    problem: `The folder ${job.module.path} is gone, and with it what \`${job.gate.name}\` checks.`,
    fix: 'Bring it back; a module that really goes needs a change of `baton.yaml`, which a person approves.',
  };
  return { ...nothing, status: 'fail', summary: `the folder ${job.module.path} is gone`, drafts: [draft] };
}
