/** Real gates behind the wall on changes of one task: what a run's engine does, without its agents. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { GateKind } from '../src/core/words.ts';
import type { RepoConfig } from '../src/definitions/config.ts';
import { approvalRules, measureParts } from '../src/gates/change/approval-parts.ts';
import { detectRepo } from '../src/gates/detect/detect-repo.ts';
import { createGateRunner } from '../src/gates/run-gates.ts';
import { createRunCommand } from '../src/gates/run-processes.ts';
import { createWorkspaces } from '../src/workspace/open-workspaces.ts';
import { writeFiles } from '../src/workspace/temporary-repository.ts';
import type { Wall } from '../src/workspace/wall.ts';
import { MODULES } from './built-in-tasks.ts';
import type { Criteria } from './faults/criteria.ts';
import { LATE, type Pass } from './gate-sets.ts';
import { REPO, type EvalTask, type Files } from './tasks.ts';

const RUN = 'evaluation';
const TIMEOUT_MS = 120_000;

export interface GateBench {
  /** Whether the project has gates that are asked last. */
  hasLate: boolean;
  /** A pass over the base with these files written into it. */
  pass(files: Files, given: { criteria: Criteria; runs: (kind: string) => boolean }): Promise<Pass>;
}

/** Compiled packages of Go's own library, shared by all passes of an evaluation: they take half a minute to make. */
function goCache(): string[] {
  const folder = process.env['GOCACHE'];
  return folder === undefined ? [] : [folder];
}

/** The packages of this repository stand for a registry: whoever is behind the wall may read them. */
export function withPackages(wall: Wall): Wall {
  return {
    kind: wall.kind,
    wrap: (command) => {
      const readable = [...command.readable, MODULES];
      return wall.wrap({ ...command, readable, writable: [...command.writable, ...goCache()] });
    },
  };
}

/** The same repository without the gates that are asked last. */
export function withoutLate(task: EvalTask): EvalTask {
  return { ...task, config: withGates(task.config, (kind) => !LATE.includes(kind)) };
}

const withGates = (config: RepoConfig, runs: (kind: string) => boolean): RepoConfig => ({
  ...config,
  modules: config.modules.map((module) => ({
    ...module,
    gates: module.gates.filter(({ kind }) => runs(kind)),
  })),
});

/** Kinds of gates that `baton init` writes where the repository stands before the change. */
export async function writtenFor({ repo }: Pick<EvalTask, 'repo'>): Promise<GateKind[]> {
  const { config } = await detectRepo(repo);
  return [...new Set(config.modules.flatMap(({ gates }) => gates.map(({ kind }) => kind)))];
}

export async function openGateBench(task: EvalTask, dir: string, wall: Wall): Promise<GateBench> {
  const workspaces = createWorkspaces({ storeDir: join(dir, 'git'), workDir: join(dir, 'work') });
  const { repos, base } = await workspaces.inspect([{ path: task.repo, ref: null }]);
  const name = repos[0]?.name ?? REPO;
  await workspaces.adopt(RUN, repos);
  const written = await writtenFor(task);
  const runCommand = createRunCommand();
  const runner = createGateRunner({
    workspaces,
    runCommand,
    cacheDir: join(dir, 'cache'),
    environment: process.env,
  });
  let count = 0;
  return {
    hasLate: task.config.modules.some(({ gates }) => gates.some(({ kind }) => LATE.includes(kind))),
    async pass(files, { criteria, runs }) {
      count += 1;
      const at = count; // other passes begin while this one goes on
      const key = `change-${at}`;
      const workspace = await workspaces.open(RUN, key, base);
      const root = workspace.repos[0]?.path ?? '';
      for (const [path, text] of Object.entries(files)) {
        if (text === null) rmSync(join(root, path), { force: true });
        else writeFiles(root, { [path]: text });
      }
      const limits = { maxNewFiles: 1_000, maxBytes: 50_000_000 };
      const { revision } = await workspaces.snapshot({
        runId: RUN,
        workspace,
        base,
        message: key,
        key,
        limits,
      });
      await workspaces.close(workspace);
      const repos = { [name]: withGates(task.config, runs) };
      const startedAt = performance.now();
      const { results } = await runner.run(
        {
          runId: RUN,
          key: `step/r0/gates/a${at}`,
          findingPrefix: 'step/r0',
          set: 'full',
          revision,
          base,
          repos,
          approvals: approvalRules(),
          expectChanges: null,
          ...(criteria.named.length === 0 ? {} : { named: criteria.named }),
          endpoints: task.endpoints,
          timeoutMs: TIMEOUT_MS,
          maxOutputBytes: 4 * 1024 * 1024,
          wall: withPackages(wall),
        },
        new AbortController().signal,
      );
      const ms = performance.now() - startedAt;
      const order = { runId: RUN, base, revision, rules: approvalRules(), repos, deploys: {}, workspaces };
      return { results, criteria, written, waits: (await measureParts(order)).length > 0, ms };
    },
  };
}
