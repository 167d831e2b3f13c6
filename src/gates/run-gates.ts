/** The gate runner: measures a revision with the gates of the base, in checkouts that nobody else writes to. */
import { join } from 'node:path';
import type { GateResult } from '../core/records.ts';
import type { Artifact } from '../journal/journal.ts';
import type { FileChange, Workspaces } from '../workspace/workspaces.ts';
import { openCheckouts, type Checkouts } from './checkouts.ts';
import { parseDiff, type ChangedLines } from './change/changed-lines.ts';
import { judgeRedPass } from './suites/expected-tests.ts';
import { readPackageFiles } from './dependencies/package-files.ts';
import { waitingPackages, type Waiting } from './dependencies/waiting-packages.ts';
import { hashBytes } from '../journal/hash.ts';
import { toFindings } from './findings.ts';
import { mayHoldGateConfig, restoreGateConfig } from './programs/gate-config-files.ts';
import type { ConfigChange } from './programs/gate-config-files.ts';
import { programsOf, type GatePrograms } from './programs/gate-programs.ts';
import type { GateOrder, GateRunner } from './gates.ts';
import { isCode } from './change/judge-coverage.ts';
import { decidesInstalls } from './proofs/proof-tree.ts';
import { MAX_DIFF_BYTES, runHygiene } from './change/run-hygiene.ts';
import { checkBeforeRun } from './preflight.ts';
import { createInstallCache, type InstallCache } from './install-cache.ts';
import { createResultCache } from './result-cache.ts';
import type { RunCommand } from './run-command.ts';
import type { GateSurroundings } from './run-gate-command.ts';
import { runDeploy } from './run-deploy.ts';
import { notPushed } from './forge-checks/not-pushed.ts';
import { orderOfRepo, type RepoPass } from './order-of-repo.ts';
import { runRepoGates } from './run-repo-gates.ts';
import { runRevert } from './rollback/run-revert.ts';
import type { GateOutcome, Stored } from './repo-order.ts';
import { gatesAtOnce, machineHere } from './gates-at-once.ts';
import { createGateTimes, type GateTimes } from './longest-first.ts';
import { lentDirOf } from './lend-registries.ts';
import { createSlots, type Slots } from './turns.ts';

const MAX_SUMMARY = 300;
/** More stand in no command of git's. */
const MAX_PATHS = 1_000;

export interface GateRunnerOptions {
  workspaces: Workspaces;
  runCommand: RunCommand;
  /** Where results on unchanged inputs are remembered; out of reach of agents and gates. */
  cacheDir: string;
  /** The caller's environment; a gate sees only what its `env` names. */
  environment: Readonly<Record<string, string | undefined>>;
}

/** Gates on commits. Builds and touches nothing until it is asked to run. */
export function createGateRunner(options: GateRunnerOptions): GateRunner {
  const installs = createInstallCache(join(options.cacheDir, 'installs'));
  // Over all passes.
  const slots = createSlots(gatesAtOnce(machineHere()));
  const times = createGateTimes();
  return {
    deploy: (order, signal) => runDeploy(order, options, signal),
    preflight: (repos) => checkBeforeRun(repos, options.environment),
    async run(order, signal) {
      signal.throwIfAborted();
      await using checkouts = openCheckouts(order, options.workspaces);
      const changes = await options.workspaces.changes(order.runId, order.base, order.revision);
      const programs = await programsOf(order, options.workspaces, changes);
      const configChanges = await restoreAll(order, { programs, changes, checkouts });
      const waiting = await unapprovedPackages(order, options.workspaces, changes);
      const hygiene = await runHygiene(order, options.workspaces, configChanges, waiting);
      const isApproved = order.approvedConfig === true;
      const found = { changes, programs, waiting, notPushed: notPushed(hygiene, isApproved) };
      const back = order.rollback ?? [];
      const revert = back.length === 0 ? [] : [await runRevert(order, back, changes, options.workspaces)];
      const outcomes = await runAll(
        order,
        { ...options, ...found, slots, times, installs },
        checkouts,
        signal,
      );
      const failing = order.expected?.red === true ? [judgeRedPass(outcomes)] : [];
      return number([hygiene, ...revert, ...outcomes, ...failing], order.findingPrefix);
    },
  };
}

/** Puts the base's gate configuration into the revision's checkout, before anything of it runs. */
async function restoreAll(
  order: GateOrder,
  given: {
    programs: ReadonlyMap<string, GatePrograms>;
    changes: readonly FileChange[];
    checkouts: Checkouts;
  },
): Promise<Record<string, ConfigChange[]>> {
  const { programs, checkouts } = given;
  const changes = given.changes.filter(
    ({ repo, path }) => mayHoldGateConfig(path) || programs.get(repo)?.has(path) === true,
  );
  if (changes.length === 0) return {};
  const [base, head] = [await checkouts.base(), await checkouts.head()];
  const restored = head.repos.map(async ({ name, path }): Promise<[string, ConfigChange[]]> => {
    const before = base.repos.find((repo) => repo.name === name)?.path ?? path;
    const own = changes.filter((change) => change.repo === name);
    const held = {
      programs: programs.get(name) ?? new Map(),
      approved: order.approvedConfig ?? false,
    };
    return [name, await restoreGateConfig({ base: before, head: path, changes: own, ...held })];
  });
  return Object.fromEntries(await Promise.all(restored));
}

/** Repositories side by side, results in their own order; whoever fails, all of them have ended before this does. */
async function runAll(
  order: GateOrder,
  options: GateRunnerOptions & {
    slots: Slots;
    times: GateTimes;
    installs: InstallCache;
    changes: readonly FileChange[];
    programs: ReadonlyMap<string, GatePrograms>;
    waiting: readonly Waiting[];
    notPushed: Stored | null;
  },
  checkouts: Checkouts,
  signal: AbortSignal,
): Promise<GateOutcome[]> {
  const { runCommand, environment, workspaces, changes, programs, slots, times, installs } = options;
  const { wall, begins, timeoutMs, maxOutputBytes, redact } = order;
  const owner = `${order.runId}/${order.key}`;
  const around: GateSurroundings = {
    runCommand,
    owner,
    environment,
    lentDir: lentDirOf(options.cacheDir),
    redact,
    wall,
    begins,
    timeoutMs,
    maxOutputBytes,
    signal,
  };
  const cache = createResultCache(options.cacheDir);
  const changed = readChange(order, workspaces, changes);
  const pass: RepoPass = {
    order,
    workspaces,
    checkouts,
    around,
    changes,
    programs,
    changed,
    cache,
    slots,
    times,
    installs,
    notPushed: options.notPushed,
  };
  const runs = order.revision.repos
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(async ({ name, tree }) => {
      const config = order.repos[name];
      if (config === undefined || config.modules.every((module) => module.gates.length === 0))
        return [withoutGates(name)];
      const waiting = options.waiting.filter(({ repo }) => repo === name);
      if (waiting.length > 0) return [beforeApproval(name, waiting)];
      return runRepoGates(orderOfRepo({ name, tree, config }, pass));
    });
  const ended = await Promise.allSettled(runs);
  signal.throwIfAborted();
  return ended.flatMap((run) => {
    if (run.status === 'rejected') throw run.reason;
    return run.value;
  });
}

/** What has lines that gates measure, and what decides on installs. */
const isMeasured = (path: string): boolean => isCode(path) || decidesInstalls(path);

/** Everything since the run's base, read when the first gate asks for it; of too much, the code. */
function readChange(
  order: GateOrder,
  workspaces: Workspaces,
  changes: readonly FileChange[],
): () => Promise<ChangedLines | null> {
  let reading: Promise<ChangedLines | null> | null = null;
  const read = async (): Promise<ChangedLines | null> => {
    const { runId, base, revision } = order;
    const whole = await workspaces.diff(runId, base, revision, MAX_DIFF_BYTES);
    if (!whole.truncated) return parseDiff(whole.text);
    // A large file that is no code must not take the code out of sight.
    const paths = changes.filter(({ path }) => isMeasured(path)).map(({ repo, path }) => `${repo}/${path}`);
    if (paths.length > MAX_PATHS) return null;
    const code = await workspaces.diff(runId, base, revision, MAX_DIFF_BYTES, paths);
    return code.truncated ? null : parseDiff(code.text);
  };
  return () => (reading ??= read());
}

/** What of the packages nobody approved: whoever installs it would run what people have not seen. */
async function unapprovedPackages(
  order: GateOrder,
  workspaces: Workspaces,
  changes: readonly FileChange[],
): Promise<Waiting[]> {
  if (order.approvedDependencies === true) return [];
  const { runId, base: from, revision: to } = order;
  return waitingPackages(await readPackageFiles({ runId, from, to, changes, workspaces }));
}

/** In place of all gates of a repository: none of them is run before a person approved what it would install. */
function beforeApproval(repo: string, waiting: readonly Waiting[]): GateOutcome {
  const why = waiting.map((each) => each.why).join('; ');
  return {
    ...withoutGates(repo),
    status: 'error',
    summary: `not run before a person approved what would be installed: ${shorten(why)}`,
    configHash: hashBytes('not approved'),
  };
}

function shorten(text: string): string {
  return text.length > MAX_SUMMARY ? `${text.slice(0, MAX_SUMMARY)}…` : text;
}

/** Said in every pass: a repository without gates is never silently green. */
function withoutGates(repo: string): GateOutcome {
  return {
    gate: 'tests',
    kind: 'tests',
    repo,
    module: '.',
    status: 'unverified',
    tests: null,
    drafts: [],
    log: '',
    summary: 'no gates are configured for this repository',
    configHash: hashBytes('none'),
    durationMs: 0,
    cached: false,
  };
}

/** Ids count on per gate through the whole pass, so that two repositories never share one. */
function number(outcomes: GateOutcome[], prefix: string): { results: GateResult[]; artifacts: Artifact[] } {
  const counts = new Map<string, number>();
  const artifacts = new Map<string, Artifact>();
  const results = outcomes.map(({ drafts, log, configHash, durationMs, ...outcome }): GateResult => {
    const from = counts.get(outcome.gate) ?? 0;
    counts.set(outcome.gate, from + drafts.length);
    const artifact = log === '' ? null : logArtifact(log);
    if (artifact !== null) artifacts.set(artifact.hash, artifact);
    const findings = toFindings(drafts, outcome.gate, prefix, from);
    return {
      ...outcome,
      findings,
      log: artifact?.hash ?? null,
      config_hash: configHash,
      duration_ms: durationMs,
    };
  });
  return { results, artifacts: [...artifacts.values()] };
}

function logArtifact(log: string): Artifact {
  const body = new TextEncoder().encode(log);
  return { hash: hashBytes(body), kind: 'log', body };
}
