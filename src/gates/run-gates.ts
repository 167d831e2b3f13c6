/** The gate runner: measures a revision with the gates of the base, in checkouts that nobody else writes to. */
import type { GateResult } from '../core/records.ts';
import type { Artifact } from '../journal/journal.ts';
import type { FileChange, Workspaces } from '../workspace/workspaces.ts';
import { openCheckouts, type Checkouts } from './checkouts.ts';
import { parseDiff, type ChangedLines } from './change/changed-lines.ts';
import { GREEN, judgeRedPass } from './suites/expected-tests.ts';
import { readPackageFiles } from './dependencies/package-files.ts';
import { waitingPackages, type Waiting } from './dependencies/waiting-packages.ts';
import { hashBytes } from '../journal/hash.ts';
import { toFindings } from './findings.ts';
import { mayHoldGateConfig, restoreGateConfig } from './programs/gate-config-files.ts';
import type { ConfigChange } from './programs/gate-config-files.ts';
import { programsOf, programsOfGate, type GatePrograms } from './programs/gate-programs.ts';
import { createGateSide, type GateSide, type WhileHeld } from './gate-side.ts';
import { withProgramsOfBase } from './programs/hold-programs.ts';
import type { GateOrder, GateRunner } from './gates.ts';
import { MAX_DIFF_BYTES, runHygiene } from './change/run-hygiene.ts';
import { filledFiles } from './suites/named-tests.ts';
import { checkBeforeRun } from './preflight.ts';
import { createResultCache } from './result-cache.ts';
import type { RunCommand } from './run-command.ts';
import type { GateSurroundings } from './run-gate-command.ts';
import { runDeploy } from './run-deploy.ts';
import { runRepoGates } from './run-repo-gates.ts';
import type { GateOutcome } from './run-repo-gates.ts';

const MAX_SUMMARY = 300;

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
      const outcomes = await runAll(order, { ...options, changes, programs, waiting }, checkouts, signal);
      const failing = order.expected?.red === true ? [judgeRedPass(outcomes)] : [];
      return number([hygiene, ...outcomes, ...failing], order.findingPrefix);
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
    changes: readonly FileChange[];
    programs: ReadonlyMap<string, GatePrograms>;
    waiting: readonly Waiting[];
  },
  checkouts: Checkouts,
  signal: AbortSignal,
): Promise<GateOutcome[]> {
  const { runCommand, environment } = options;
  const { wall, timeoutMs, maxOutputBytes } = order;
  const owner = `${order.runId}/${order.key}`;
  const around: GateSurroundings = {
    runCommand,
    owner,
    environment,
    redact: order.redact,
    wall,
    timeoutMs,
    maxOutputBytes,
    signal,
  };
  const cache = createResultCache(options.cacheDir);
  const changed = readChange(order, options.workspaces);
  const runs = order.revision.repos
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(async ({ name, tree }) => {
      const config = order.repos[name];
      if (config === undefined || config.modules.every((module) => module.gates.length === 0))
        return [withoutGates(name)];
      const waiting = options.waiting.filter(({ repo }) => repo === name);
      if (waiting.length > 0) return [beforeApproval(name, waiting)];
      const base = createGateSide(name, () => checkouts.base(), around);
      const programs: GatePrograms = options.programs.get(name) ?? new Map();
      const holdOn =
        (side: () => GateSide): WhileHeld =>
        async (module, gate, work) => {
          const paths = order.approvedConfig === true ? [] : programsOfGate(programs, module, gate);
          if (paths.length === 0) return work();
          const [before, place] = [await base.place('.'), await side().place('.')];
          return withProgramsOfBase({ base: before.root, head: place.root, aside: place.dir, paths }, work);
        };
      const whileHeld = holdOn(() => head);
      const head: GateSide = createGateSide(name, () => checkouts.head(), around, whileHeld);
      const whileHeldAgain = holdOn(() => again);
      const again: GateSide = createGateSide(name, () => checkouts.again(), around, whileHeldAgain);
      const baseTree = order.base.repos.find((repo) => repo.name === name)?.tree ?? '';
      return runRepoGates({
        repo: name,
        config,
        set: order.set,
        baseTree,
        expected: order.expected ?? GREEN,
        proofOf: async (test) => {
          const { open, ...proof } = await checkouts.proof(test);
          return { ...proof, side: (repo) => createGateSide(repo, open, around) };
        },
        withoutChange: async (files) => {
          const { open, ...proof } = await checkouts.withoutChange(name, files);
          return { ...proof, side: (repo) => createGateSide(repo, open, around) };
        },
        baseForm: async () => {
          const { open, ...form } = await checkouts.baseForm();
          return { ...form, side: (repo) => createGateSide(repo, open, around) };
        },
        shownForm: async (test) => {
          const { open, ...form } = await checkouts.shownForm(test);
          return { ...form, side: (repo) => createGateSide(repo, open, around) };
        },
        readHead: async (path) => {
          const bytes = await options.workspaces.readFile(order.runId, order.revision, name, path);
          return bytes === null ? null : new TextDecoder().decode(bytes);
        },
        named: order.named ?? null,
        filled: filledFiles(options.changes, name),
        coverage: order.coverage ?? false,
        ownConfig: order.approvedConfig ?? false,
        whileHeld,
        changed,
        tree,
        base,
        head,
        again: { side: again, whileHeld: whileHeldAgain },
        cache,
        around,
      });
    });
  const ended = await Promise.allSettled(runs);
  signal.throwIfAborted();
  return ended.flatMap((run) => {
    if (run.status === 'rejected') throw run.reason;
    return run.value;
  });
}

/** Everything since the run's base, read when the first gate asks for it. */
function readChange(order: GateOrder, workspaces: Workspaces): () => Promise<ChangedLines | null> {
  let reading: Promise<ChangedLines | null> | null = null;
  const read = async (): Promise<ChangedLines | null> => {
    const diff = await workspaces.diff(order.runId, order.base, order.revision, MAX_DIFF_BYTES);
    return diff.truncated ? null : parseDiff(diff.text);
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
