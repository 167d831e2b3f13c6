/** Starts a run from what a command line says, and advances it here. `run` and `plan` differ in the graph alone. */
import { resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { BatonError, formatDiagnostic } from '../../core/errors.ts';
import { USUAL_FOLLOWING } from '../../core/effects/following.ts';
import { agentsAt } from '../../core/conditions/left-out.ts';
import type { Graph } from '../../core/graph.ts';
import { EFFORTS } from '../../core/words.ts';
import type { PlanDocument } from '../../definitions/load-plan.ts';
import type { Engine, StartOptions } from '../../engine/engine.ts';
import { chooseBudget } from './budget-flags.ts';
import { createAgentCommand, driverHere, withFlags } from './agent-command.ts';
import { collect } from '../command.ts';
import { completeConfig, readConfigs } from '../config-here.ts';
import type { CliContext } from '../context.ts';
import { driveHere } from '../drive-here.ts';
import { detectHere } from './detect-here.ts';
import { EXIT } from '../exit-codes.ts';
import { effortForPlan, policyOf, readIntake, toDetected } from './intake-here.ts';
import { openEngineHere } from '../open-engine-here.ts';
import { findRepository, findStateDir, newStateDir, workDirOf } from '../places.ts';
import { escapeText } from '../render/escape.ts';
import { waitOption } from './wait-option.ts';
import { configuredWorkflow, takeWorkflow } from './workflow-here.ts';

const NOTHING: string[] = [];
const REFINE_HELP =
  'before the run ask an agent for a second opinion on what the words of the request mean; what it says is checked';

/** The options that every command which starts a run has. */
export function createStartCommand(name: string, description: string, context: CliContext) {
  return createAgentCommand(name, description, context)
    .argument('[request]', 'what you want, in your own words')
    .option('--file <file>', 'read the request from a file; `-`: from stdin')
    .option(
      '--repo <path>',
      "a repository to work on, may be given again; by default the caller's",
      collect,
      NOTHING,
    )
    .option('--base <ref>', 'start from this commit, branch or tag; by default HEAD')
    .option('--workflow <name>', 'a built-in workflow, or a file ending in .yaml')
    .option(
      '--forge <name>',
      'where pull requests are opened: `local`, a folder beside the runs, or `github`, the remote of each repository',
      'local',
    )
    .option('--budget-tokens <count>', 'tokens that the whole run may spend; it asks when they are used up')
    .option('--budget-usd <amount>', 'likewise US dollars')
    .option('--budget-time <time>', 'likewise working time of agents and gates, like 4h')
    .addOption(
      new Option(
        '--effort <tier>',
        'how much the request is worth; it rises by itself where more is found',
      ).choices(EFFORTS),
    )
    .addOption(waitOption())
    .option('--refine', REFINE_HELP)
    .option('--yes', 'confirm the request and the list of phases as shown; nothing else')
    .option('--json', 'one JSON event per line on stdout, the last one is the result');
}

type StartFlags = ReturnType<ReturnType<typeof createStartCommand>['opts']>;

export interface StartHere {
  request: string;
  flags: StartFlags;
  /** Where neither a flag nor anything else says so. */
  workflow?: string;
  /** A person's plan. */
  plan?: PlanDocument | undefined;
  /** Whether the run is there to make a plan. */
  makesPlan?: true;
  /** What becomes of the workflow's graph before the run starts. */
  shape(graph: Graph): Graph;
}

/** Starts the run and advances it until it ends, waits for a person who is not here, or is stopped. `after` sees it then. */
export async function startHere(
  start: StartHere,
  context: CliContext,
  after: (engine: Engine, runId: string) => Promise<void> = async () => {},
): Promise<number> {
  const { flags, request } = start;
  const repositories =
    flags.repo.length > 0 ? flags.repo.map((path) => resolve(context.cwd, path)) : [ownRepository(context)];
  const own = findRepository(context.cwd) ?? context.cwd;
  const base = withFlags(readConfigs([own, ...repositories]), flags);
  const driver = driverHere(flags, base, context);
  workDirOf(context); // throws early where workspaces would lie in a repository
  const workflow = flags.workflow ?? start.workflow ?? configuredWorkflow(base.workflow, own);
  const detected = await detectHere(
    request,
    { wanted: flags.refine === true || base.refine === true, spec: driver, config: base, flags },
    context,
  );
  if (detected === null) return EXIT.interrupted;
  const chosen = workflow !== undefined || start.plan !== undefined;
  const fitted =
    driver.name === 'blueprint' && !chosen
      ? (await import('./fit-to-rules.ts')).fitToRules(request, detected, flags.effort)
      : detected;
  const intake = readIntake(request, fitted, {
    effort: flags.effort,
    chosen,
    planned: start.plan !== undefined,
  });
  const taken = takeWorkflow(intake, { workflow, cwd: context.cwd, limits: base.limits });
  const { graph, agents, warnings } = taken;
  const effort = start.makesPlan === true ? effortForPlan(graph, intake.effort, flags.effort) : intake.effort;
  const policy = policyOf(intake, graph);
  const shaped = { ...start.shape(graph), start: policy };
  const certain = effort.effort === undefined ? [] : agentsAt(shaped, effort.effort.tier);
  const stateDir = findStateDir(context) ?? newStateDir(context);
  await using engine = await openEngineHere(stateDir, context, flags);
  const repos = repositories.map((path) => ({ path, ref: flags.base ?? null }));
  const { config, notes } = await completeConfig(
    base,
    (await engine.workspaces.inspect(repos)).repos,
    context.environment,
  );
  for (const warning of warnings) context.stderr.write(`${escapeText(formatDiagnostic(warning))}\n`);
  for (const note of [...notes, ...(taken.whyNot === null ? [] : [taken.whyNot])])
    context.stderr.write(`note: ${escapeText(note)}\n`);
  if (flags.wait !== undefined && flags.forge === 'local')
    context.stderr.write(
      'note: --wait waits for nothing with the local forge, where no checks run and nobody reviews\n',
    );
  // A flag that stands in a script says nothing of this text: somebody has to have read the doubt.
  const doubted = intake.detection.mode === 'elsewhere' && !(context.stdin.isTTY && context.stderr.isTTY);
  if (doubted && flags.yes === true)
    context.stderr.write(
      'note: --yes does not start what does not look like a request for Baton; an answer does\n',
    );
  const { startRun } = await import('../../engine/start-run.ts');
  const options: StartOptions = {
    request,
    repos,
    graph: { ...shaped, budget: chooseBudget(flags, graph.budget, base.budget) },
    agents,
    config,
    driver,
    forge: flags.forge,
    sandbox: flags.sandbox,
    ...(start.plan === undefined ? {} : { plan: start.plan }),
    ...(flags.wait === undefined ? {} : { follow: { ...USUAL_FOLLOWING, for_ms: flags.wait } }),
    ...effort,
    detection: toDetected(intake, { ...taken, policy, agents: certain }),
    confirmed: flags.yes === true && !doubted,
    actor: { kind: 'human', name: context.userName, via: flags.yes === true && !doubted ? 'flag' : 'cli' },
  };
  const { runId } = await startRun(engine, options);
  const exit = await driveHere(
    { engine, stateDir, runId, json: flags.json === true, takeOver: false, tellResume: false, aside: null },
    context,
  );
  await after(engine, runId);
  return exit;
}

function ownRepository(context: CliContext): string {
  const found = findRepository(context.cwd);
  if (found !== null) return found;
  throw new BatonError({
    code: 'E_REPO',
    message: `${context.cwd} is in no git repository.`,
    fix: 'Go to one, or name one: --repo PATH.',
  });
}
