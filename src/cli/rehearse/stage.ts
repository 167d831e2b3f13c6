/** Where a rehearsal is played: the demo's repositories with its prepared change, or copies of the user's own. */
import { mkdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Budget } from '../../core/budget/budget.ts';
import type { Step } from '../../core/graph.ts';
import { PREPARED_ANSWERS, rehearse as prepared } from '../../demo/rehearsal.ts';
import { createDemoRepositories } from '../../demo/repositories.ts';
import {
  LEAST_CRITERION,
  LEAST_PLAN,
  LEAST_REQUEST,
  leastScript,
} from '../../demo/rehearse/least-answers.ts';
import type { Config } from '../../definitions/config.ts';
import type { PlanDocument } from '../../definitions/load-plan.ts';
import { loadRehearsal } from '../../drivers/rehearsal/load-rehearsal.ts';
import type { Script } from '../../drivers/scripted.ts';
import { runGit } from '../../workspace/git.ts';
import { inspectRepository } from '../../workspace/inspect.ts';
import { readConfigs } from '../config-here.ts';
import type { CliContext } from '../context.ts';

export interface Stage {
  request: string;
  plan: PlanDocument | undefined;
  /** Plays the honest agents, with the gates of the repositories known. */
  honest(config: Config, steps: readonly Step[]): Script;
  /** Criteria that reviewers confirm, because nothing that is prepared shows them. */
  confirms: readonly string[];
  /** Folders of the repositories that the runs are of. */
  repos: string[];
  config: Config;
}

/** Behind the last round that anything is prepared for: the first tries of careless agents belong to the demo. */
const LAST_ROUND = 99;
const CLONE_MS = 10 * 60_000;

/** The configuration that holds for runs in these repositories: budgets and limits of theirs; none without repositories. */
export function configOf(repos: readonly string[], { cwd }: CliContext): Config {
  return repos.length === 0
    ? { repos: {}, limits: {}, agentEnv: [] }
    : readConfigs(repos.map((path) => resolve(cwd, path)));
}

/** Makes the repositories in `dir`. The user's own are read once, by git, and never again. */
export async function openStage(
  repos: readonly string[],
  dir: string,
  { config, context }: { config: Config; context: CliContext },
): Promise<Stage> {
  mkdirSync(dir, { recursive: true });
  if (repos.length === 0) return await demoStage(dir, config, context);
  const copies: string[] = [];
  for (const path of repos) copies.push(await copyRepository(resolve(context.cwd, path), dir));
  // Commands that deploy would deploy, and variables of agents are for agents.
  const bounded = { ...config, deploy: {}, agentEnv: [] };
  return {
    request: LEAST_REQUEST,
    plan: { plan: LEAST_PLAN, summary: 'the least there is' },
    honest: leastScript,
    confirms: [LEAST_CRITERION],
    repos: copies,
    config: bounded,
  };
}

async function demoStage(dir: string, config: Config, { environment }: CliContext): Promise<Stage> {
  const { request, plan } = prepared(PREPARED_ANSWERS);
  const { script } = loadRehearsal(PREPARED_ANSWERS);
  const made = await createDemoRepositories(dir, environment['PATH'] ?? '');
  return {
    request,
    plan,
    confirms: [],
    honest: () => (order) => script({ ...order, round: LAST_ROUND }),
    repos: made.map(({ path }) => path),
    config,
  };
}

/** What is committed there, under the same name, without a file that both share. */
async function copyRepository(path: string, dir: string): Promise<string> {
  const { repo } = await inspectRepository({ path, ref: null }); // refuses what is none
  const copy = join(dir, basename(repo.path));
  const args = ['clone', '--quiet', '--no-hardlinks', '--', repo.path, copy];
  await runGit({ gitDir: null, cwd: dir, args, timeoutMs: CLONE_MS });
  return copy;
}

/** The budget of runs: the workflow's word before that of `baton.yaml`. */
export function budgetOf(workflow: Budget | undefined, config: Config): Budget {
  return { ...config.budget, ...workflow };
}
