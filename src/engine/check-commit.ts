/** The gates of one repository on a commit of its own, as a run would ask them: nobody else takes part, and nothing is journaled. */
import { randomBytes } from 'node:crypto';
import { DEFAULT_LIMITS } from '../core/limits.ts';
import { BatonError } from '../core/errors.ts';
import type { GateResult, RepoBase } from '../core/records.ts';
import type { ApprovalPart } from '../core/results.ts';
import type { Config } from '../definitions/config.ts';
import { approvalRules, measureParts } from '../gates/change/approval-parts.ts';
import type { GateOrder } from '../gates/gates.ts';
import type { Engine } from './engine.ts';
import { createRunRedactor, knownSecrets } from './known-secrets.ts';
import { requireWall } from './require-wall.ts';

export interface CommitCheckOptions {
  /** The repository's folder. */
  path: string;
  /** The commit that is judged; null: what is checked out. */
  head: string | null;
  /** The one before its change. */
  base: string;
  set: GateOrder['set'];
  sandbox: 'required' | 'auto' | 'off';
  /** Completes the configuration for the repository that was found, with notes. */
  configOf: (repo: RepoBase) => Promise<{ config: Config; notes: string[] }>;
  begins: NonNullable<GateOrder['begins']>;
}

export interface CommitCheck {
  head: RepoBase;
  base: RepoBase;
  results: GateResult[];
  /** What a run would wait for a person's approval of. */
  approvals: ApprovalPart[];
  notes: string[];
}

/** Throws E_REPO, E_NO_WALL, E_PREFLIGHT where a command of a gate does not exist, E_SETUP where the base cannot be set up either. */
export async function checkCommit(
  engine: Engine,
  options: CommitCheckOptions,
  signal: AbortSignal,
): Promise<CommitCheck> {
  const { workspaces } = engine;
  const [from, to] = [await inspectAt(engine, options, 'base'), await inspectAt(engine, options, 'head')];
  const { config, notes } = await options.configOf(to.repo);
  await refuseMissing(engine, to.repo, config);
  const walled = await engine.openWall(options.sandbox === 'off' ? 'off' : 'wall');
  if (options.sandbox === 'required') requireWall(walled);
  const redactor = createRunRedactor(
    await knownSecrets(engine.environmentSecrets(config), [to.repo], workspaces),
  );
  const runId = `gates-${randomBytes(6).toString('hex')}`;
  try {
    for (const { repo } of [from, to]) await workspaces.adopt(runId, [repo]);
    const limits = { ...DEFAULT_LIMITS, ...config.limits };
    const rules = approvalRules(config.approvals);
    const about = { runId, base: from.revision, revision: to.revision, repos: config.repos };
    const { results } = await engine.gates.run(
      {
        ...about,
        key: 'gates/r0/gates/a0',
        findingPrefix: 'gates',
        set: options.set,
        approvals: rules,
        expectChanges: null,
        begins: options.begins,
        sizes: limits,
        timeoutMs: limits.gate_timeout_ms,
        maxOutputBytes: limits.max_output_bytes,
        redact: redactor.text,
        wall: walled.wall,
      },
      signal,
    );
    const approvals = await measureParts({ ...about, rules, deploys: config.deploy ?? {}, workspaces });
    return {
      head: to.repo,
      base: from.repo,
      results,
      approvals,
      notes: [...to.notes, ...notes, ...walled.notes],
    };
  } finally {
    await workspaces.dropRun(runId);
  }
}

async function inspectAt(
  { workspaces }: Engine,
  { path, ...refs }: CommitCheckOptions,
  which: 'base' | 'head',
) {
  const { repos, base: revision, notes } = await workspaces.inspect([{ path, ref: refs[which] }]);
  const [repo] = repos;
  if (repo === undefined) throw new Error('a repository that was found is gone');
  return { repo, revision, notes };
}

async function refuseMissing(engine: Engine, repo: RepoBase, { repos }: Config): Promise<void> {
  const config = repos[repo.name];
  const problems =
    config === undefined ? [] : await engine.gates.preflight([{ name: repo.name, path: repo.path, config }]);
  if (problems.length === 0) return;
  throw new BatonError({
    code: 'E_PREFLIGHT',
    message: `The gates cannot run:\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
    fix: 'Mend the lines above: `baton init` detects commands, `baton doctor` looks at this machine.',
  });
}
