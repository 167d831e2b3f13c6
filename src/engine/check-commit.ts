/** The gates of one repository on a commit of its own, as a run would ask them: nobody else takes part, and nothing is journaled. */
import { randomBytes } from 'node:crypto';
import { DEFAULT_LIMITS } from '../core/limits.ts';
import { BatonError } from '../core/errors.ts';
import type { GateResult, RepoBase } from '../core/records.ts';
import type { ApprovalPart, Finding } from '../core/results.ts';
import type { Config, GateCommand, RepoConfig } from '../definitions/config.ts';
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
  const { repos, left } = withoutForge(config.repos);
  await refuseMissing(engine, to.repo, { repos });
  const walled = await engine.openWall(options.sandbox === 'off' ? 'off' : 'wall');
  if (options.sandbox === 'required') requireWall(walled);
  const redactor = createRunRedactor(
    await knownSecrets(engine.environmentSecrets(config), [to.repo], workspaces),
  );
  // A name of a file may hold what no output may.
  const told = (finding: Finding): Finding =>
    finding.file === null ? finding : { ...finding, file: redactor.text(finding.file) };
  const runId = `gates-${randomBytes(6).toString('hex')}`;
  try {
    for (const { repo } of [from, to]) await workspaces.adopt(runId, [repo]);
    const limits = { ...DEFAULT_LIMITS, ...config.limits };
    const rules = approvalRules(config.approvals);
    const about = { runId, base: from.revision, revision: to.revision, repos };
    const pass = engine.gates.run(
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
    const { results } = await pass.catch((error: unknown) => {
      throw sayForCommit(error, options.base);
    });
    const approvals = await measureParts({ ...about, rules, deploys: config.deploy ?? {}, workspaces });
    return {
      head: to.repo,
      base: from.repo,
      results: results.map((result) => ({ ...result, findings: result.findings.map(told) })),
      approvals: approvals.map((part) => ({ ...part, paths: part.paths.map(redactor.text) })),
      notes: [...to.notes, ...notes, ...left, ...walled.notes],
    };
  } finally {
    await workspaces.forgetRun(runId);
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

/** Nobody pushed this commit for it: what asks a forge has nothing to ask. */
function withoutForge(repos: Config['repos']): { repos: Config['repos']; left: string[] } {
  const isAsked = ({ kind }: GateCommand): boolean => kind !== 'forge_checks';
  const all = Object.values(repos).flatMap(({ modules }) => modules.flatMap(({ gates }) => gates));
  const asked = Object.entries(repos).map(([name, repo]): [string, RepoConfig] => [
    name,
    { ...repo, modules: repo.modules.map((each) => ({ ...each, gates: each.gates.filter(isAsked) })) },
  ]);
  const left = all
    .filter((gate) => !isAsked(gate))
    .map(({ name }) => `${name} asks a forge, and is left out`);
  return { repos: Object.fromEntries(asked), left };
}

/** A setup that fails at the base as well is told in words of a run, which this is not. */
function sayForCommit(error: unknown, base: string): unknown {
  if (!(error instanceof BatonError) || error.code !== 'E_SETUP') return error;
  const fix = `Mend it at ${base.slice(0, 12)} first, from where the commit comes: \`baton gates --base HEAD\` there says whether it goes.`;
  return new BatonError({ code: 'E_SETUP', message: error.message, fix, cause: error });
}

async function refuseMissing(
  engine: Engine,
  repo: RepoBase,
  { repos }: Pick<Config, 'repos'>,
): Promise<void> {
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
