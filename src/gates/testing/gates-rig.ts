/** Gates on real repositories in temporary directories, for tests. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { GateResult } from '../../core/records.ts';
import type { Finding, Revision } from '../../core/results.ts';
import type { GateCommand, ModuleConfig, RepoConfig } from '../../definitions/config.ts';
import { NO_WALL } from '../../workspace/wall/open-wall.ts';
import { openWorkspacesRig } from '../../workspace/workspaces-rig.ts';
import type { WorkspacesRig } from '../../workspace/workspaces-rig.ts';
import { writeFiles } from '../../workspace/temporary-repository.ts';
import { approvalRules } from '../change/approval-parts.ts';
import type { GateOrder, GateRunner } from '../gates.ts';
import { createRunCommand } from '../run-processes.ts';
import { createGateRunner } from '../run-gates.ts';

interface GatePass {
  results: GateResult[];
  logs: string[];
  findings: Finding[];
  /** The result of one gate; throws when there is none or more than one. */
  of(gate: string): GateResult;
}

export interface GatesRig extends Disposable {
  git: WorkspacesRig;
  runner: GateRunner;
  cacheDir: string;
  /** Text that a gate printed, in order of the passes: counts how often one really ran. */
  starts(): number;
  /** A revision on top of another; null deletes a file. Paths are `repo/path`. Throws where the change is refused whole. */
  change(from: Revision, files: Record<string, string | null>): Promise<Revision>;
  run(revision: Revision, more?: Partial<GateOrder>, signal?: AbortSignal): Promise<GatePass>;
  /** Folders that a pass left behind beside the agents' workspaces. */
  leftBehind(): Promise<string[]>;
}

/** Repositories by name, their files, and the gates of each. */
export async function openGatesRig(
  repositories: Record<string, Record<string, string>>,
  gates: Record<string, ModuleConfig[]>,
  environment: Record<string, string> = {},
): Promise<GatesRig> {
  const git = await openWorkspacesRig(repositories);
  const cacheDir = join(git.dir, 'cache');
  let started = 0;
  const runCommand = createRunCommand();
  const counting: typeof runCommand = (order, signal) => {
    started += 1;
    return runCommand(order, signal);
  };
  const { workspaces, runId, base } = git;
  const runner = createGateRunner({ workspaces, runCommand: counting, cacheDir, environment });
  let changes = 0;
  let passes = 0;
  return {
    git,
    runner,
    cacheDir,
    starts: () => started,
    async change(from, files) {
      changes += 1;
      const workspace = await workspaces.open(runId, `change-${changes}`, from);
      for (const [path, text] of Object.entries(files)) {
        if (text === null) await rm(join(workspace.dir, path));
        else writeFiles(workspace.dir, { [path]: text });
      }
      const key = `change-${changes}`;
      const made = await workspaces.snapshot({
        runId,
        workspace,
        base: from,
        message: key,
        key,
        limits: { maxNewFiles: 1_000, maxBytes: 32_000_000 },
      });
      await workspaces.close(workspace);
      const [refused] = made.refused;
      if (refused !== undefined) throw new Error(`the change is refused: ${refused.path} ${refused.problem}`);
      return made.revision;
    },
    async run(revision, more = {}, signal = new AbortController().signal) {
      passes += 1;
      const order: GateOrder = {
        runId,
        key: `step/r0/gates/a${passes}`,
        findingPrefix: 'step/r0',
        set: 'full',
        revision,
        base,
        repos: Object.fromEntries(Object.entries(gates).map(([name, modules]) => [name, configOf(modules)])),
        approvals: approvalRules(),
        expectChanges: null,
        timeoutMs: 300_000,
        maxOutputBytes: 1024 * 1024,
        wall: NO_WALL,
        ...more,
      };
      const { results, artifacts } = await runner.run(order, signal);
      return {
        results,
        logs: artifacts.map((artifact) => new TextDecoder().decode(artifact.body)),
        findings: results.flatMap((result) => result.findings),
        of: (gate) => only(results, gate),
      };
    },
    leftBehind: () => readdir(join(git.workDir, runId)),
    [Symbol.dispose]: () => git[Symbol.dispose](),
  };
}

function only(results: GateResult[], gate: string): GateResult {
  const found = results.filter((result) => result.gate === gate);
  if (found.length === 1 && found[0] !== undefined) return found[0];
  throw new Error(
    `${found.length} results of ${gate}: ${JSON.stringify(results.map((result) => result.gate))}`,
  );
}

const configOf = (modules: ModuleConfig[]): RepoConfig => ({ modules, protectedPaths: ['secret/**'] });

/** One module for the whole repository. */
export function wholeRepo(...gates: GateCommand[]): ModuleConfig[] {
  return [{ path: '.', setup: null, gates }];
}

/** A gate with what tests usually leave alone. */
export function gate(
  given: Partial<GateCommand> & Pick<GateCommand, 'name' | 'kind' | 'command'>,
): GateCommand {
  return {
    shell: false,
    env: [],
    reporter: 'none',
    report: null,
    set: 'quick',
    network: false,
    timeoutMs: null,
    ...given,
  };
}

/** `node --test`, the gate of most tests. */
export const NODE_TESTS: GateCommand = gate({
  name: 'tests',
  kind: 'tests',
  command: ['node', '--test'],
  reporter: 'node',
});
