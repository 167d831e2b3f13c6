/** What the gates of one repository get of a pass: its trees, and its checkouts as sides. */
import type { Revision } from '../core/results.ts';
import type { RepoConfig } from '../definitions/config.ts';
import type { FileChange, Workspace, Workspaces } from '../workspace/workspaces.ts';
import type { ChangedLines } from './change/changed-lines.ts';
import type { Checkouts, Proof } from './checkouts.ts';
import type { GateTimes } from './longest-first.ts';
import { createGateSide, type GateSide, type HeldFor } from './gate-side.ts';
import type { GateOrder } from './gates.ts';
import type { InstallCache } from './install-cache.ts';
import { modulesToPrepare } from './run-setup.ts';
import { sharesInstall } from './plan-install.ts';
import { runForgeChecks } from './forge-checks/run-forge-checks.ts';
import { programsOfGate, type GatePrograms } from './programs/gate-programs.ts';
import { addedMigrations } from './rollback/run-revert.ts';
import { isInModule } from './rollback/in-module.ts';
import { readEntryFiles, runReach } from './reach/run-reach.ts';
import type { ResultCache } from './result-cache.ts';
import type { GateSurroundings } from './run-gate-command.ts';
import type { RepoOrder, Stored } from './repo-order.ts';
import { GREEN } from './suites/expected-tests.ts';
import { filledFiles } from './suites/named-tests.ts';
import { isTestFile } from './suites/test-files.ts';
import type { Slots } from './turns.ts';

/** What all repositories of a pass share. */
export interface RepoPass {
  order: GateOrder;
  workspaces: Workspaces;
  checkouts: Checkouts;
  around: GateSurroundings;
  /** Since the run's base. */
  changes: readonly FileChange[];
  programs: ReadonlyMap<string, GatePrograms>;
  changed: () => Promise<ChangedLines | null>;
  cache: ResultCache;
  slots: Slots;
  times: GateTimes;
  installs: InstallCache;
  /** What a gate comes to that would show the revision to the forge; null: it may. */
  notPushed: Stored | null;
}

export function orderOfRepo(
  { name, tree, config }: { name: string; tree: string; config: RepoConfig },
  pass: RepoPass,
): RepoOrder {
  const { order, workspaces, checkouts, around, changed, cache, slots, times, installs } = pass;
  const baseTree = order.base.repos.find((repo) => repo.name === name)?.tree ?? '';
  const ownConfig = order.approvedConfig ?? false;
  const sideOf = (open: () => Promise<Workspace>, contents: string, held?: HeldFor): GateSide =>
    createGateSide({ repo: name, modules: config.modules, open, around, installs, contents, held });
  const withSide = <T extends Proof>({ open, ...proof }: T): Omit<T, 'open'> & { side: GateSide } => ({
    ...proof,
    side: sideOf(open, [baseTree, ...proof.inputs].join(' ')),
  });
  const base = sideOf(() => checkouts.base(), baseTree);
  const programs = pass.programs.get(name) ?? new Map<string, never>();
  const held: HeldFor = (module, gate) => {
    const paths = ownConfig ? [] : programsOfGate(programs, module, gate);
    return paths.length === 0 ? null : { paths, base: async () => (await base.place('.')).root };
  };
  // Its gate configuration is the base's, unless a person approved its own.
  const contents = `${tree} ${ownConfig ? 'own' : baseTree}`;
  const { runId, base: from, revision } = order;
  const where = {
    runId,
    repo: name,
    base: from,
    revision,
    modules: config.modules,
    signal: around.signal,
  };
  const readText = async (of: Revision, path: string): Promise<string | null> => {
    const bytes = await workspaces.readFile(order.runId, of, name, path);
    return bytes === null ? null : new TextDecoder().decode(bytes);
  };
  const head = sideOf(() => checkouts.head(), contents, held);
  return {
    repo: name,
    config,
    set: order.set,
    baseTree,
    tree,
    expected: order.expected ?? GREEN,
    testFiles: async () => {
      const files = await workspaces.listFiles(runId, revision, name);
      return files.map(({ path }) => path).filter(isTestFile);
    },
    sharesSetups: async (module) => {
      const { root } = await head.place(module.path);
      const needed = modulesToPrepare(config.modules, module).flatMap(({ path, setup }) =>
        setup === null ? [] : [{ setup, root, module: path, environment: around.environment }],
      );
      return (await Promise.all(needed.map(sharesInstall))).every(Boolean);
    },
    proofOf: async (test) => withSide(await checkouts.proof(test)),
    withoutChange: async (suite) => withSide(await checkouts.withoutChange(name, suite)),
    partOfSuite: async (leftOut) => {
      const { open, ...proof } = await checkouts.partOfSuite(name, leftOut);
      return { ...proof, side: sideOf(open, [contents, ...proof.inputs].join(' '), held) };
    },
    baseForm: async () => withSide(await checkouts.baseForm()),
    bareForm: async () => withSide(await checkouts.bareForm()),
    shownForm: async (test) => withSide(await checkouts.shownForm(test)),
    reach: (module, gate) => runReach({ ...where, module, gate }, workspaces),
    entryFiles: () => readEntryFiles(where, workspaces),
    migrations: async (module) =>
      (await addedMigrations(order, name, pass.changes, workspaces)).filter(({ file }) =>
        isInModule(file, module, config.modules),
      ),
    forgeChecks: async (gate) => {
      if (pass.notPushed !== null) return pass.notPushed;
      const { timeoutMs, signal } = around;
      return runForgeChecks({
        repo: name,
        gate,
        forge: order.forge,
        timeoutMs: gate.timeoutMs ?? timeoutMs,
        signal,
      });
    },
    readHead: (path) => readText(order.revision, path),
    readBase: (path) => readText(from, path),
    named: order.named ?? null,
    filled: filledFiles(pass.changes, name),
    coverage: order.coverage ?? false,
    testWriter: order.testWriters?.[name] ?? null,
    testsToCome: order.testsToCome ?? false,
    endpoints: order.endpoints ?? [],
    ownConfig,
    slots,
    times,
    changed,
    base,
    head,
    again: sideOf(() => checkouts.again(), contents, held),
    cache,
    around,
  };
}
