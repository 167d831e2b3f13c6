/** `baton run`: carries a request to reviewed pull requests. */
import { resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { BatonError, formatDiagnostic } from '../../core/errors.ts';
import { EFFORTS } from '../../core/words.ts';
import type { StartOptions } from '../../engine/engine.ts';
import { chooseBudget } from '../budget-flags.ts';
import { chooseDriver } from '../choose-driver.ts';
import { collect, createCommand } from '../command.ts';
import { completeConfig, readConfigs } from '../config-here.ts';
import type { CliContext } from '../context.ts';
import { chooseWorkflow, requireDefinitions } from '../definitions-here.ts';
import { driveHere } from '../drive-here.ts';
import { refuseInsideRun } from '../nested.ts';
import { openEngineHere } from '../open-engine-here.ts';
import { findRepository, findStateDir, newStateDir, workDirOf } from '../places.ts';
import { readRequest } from '../read-request.ts';
import { escapeText } from '../render/escape.ts';

const NOTHING: string[] = [];

/** Starts a run and advances it here until it ends, waits for a person who is not here, or is stopped. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  refuseInsideRun(context);
  const command = createRunCommand(context).parse(argv, { from: 'user' });
  const flags = command.opts();
  const [words] = command.processedArgs;
  const request = readRequest({ words, file: flags.file, command: 'run' }, context);
  const repositories =
    flags.repo.length > 0 ? flags.repo.map((path) => resolve(context.cwd, path)) : [ownRepository(context)];
  const base = readConfigs([findRepository(context.cwd) ?? context.cwd, ...repositories]);
  const driver = chooseDriver(
    {
      driver: flags.driver,
      agentCommand: flags.agentCommand,
      agentEnv: [...new Set([...base.agentEnv, ...flags.agentEnv])],
    },
    context,
  );
  workDirOf(context); // throws early where workspaces would lie in a repository
  const { graph, agents, warnings } = requireDefinitions(
    chooseWorkflow(flags.workflow, context.cwd),
    base.limits,
  );
  const stateDir = findStateDir(context) ?? newStateDir(context);
  await using engine = await openEngineHere(stateDir, context);
  const repos = repositories.map((path) => ({ path, ref: flags.base ?? null }));
  const { config, notes } = await completeConfig(base, (await engine.workspaces.inspect(repos)).repos);
  for (const warning of warnings) context.stderr.write(`${escapeText(formatDiagnostic(warning))}\n`);
  for (const note of notes) context.stderr.write(`note: ${escapeText(note)}\n`);
  const { startRun } = await import('../../engine/start-run.ts');
  const options: StartOptions = {
    request,
    repos,
    graph: { ...graph, budget: chooseBudget(flags, graph.budget, base.budget) },
    agents,
    config,
    driver,
    forge: flags.forge,
    sandbox: flags.sandbox,
    ...(flags.effort === undefined ? {} : { effort: { tier: flags.effort, reason: '--effort says so' } }),
    confirmed: flags.yes === true,
    actor: { kind: 'human', name: context.userName, via: flags.yes === true ? 'flag' : 'cli' },
  };
  const { runId } = await startRun(engine, options);
  return await driveHere(
    { engine, stateDir, runId, json: flags.json === true, takeOver: false, tellResume: false },
    context,
  );
}

function createRunCommand(context: CliContext) {
  return createCommand('run', 'Carries a request to reviewed pull requests.', context)
    .argument('[request]', 'what you want, in your own words')
    .option('--file <file>', 'read the request from a file')
    .option(
      '--repo <path>',
      "a repository to work on, may be given again; by default the caller's",
      collect,
      NOTHING,
    )
    .option('--base <ref>', 'start from this commit, branch or tag; by default HEAD')
    .option('--workflow <name>', 'a built-in workflow, or a file ending in .yaml')
    .option('--driver <name>', 'how agents are run: command, blueprint, scripted:FILE')
    .option(
      '--agent-command <command>',
      'the program that the driver "command" runs; split like a shell does, run without one',
    )
    .option('--agent-env <name>', 'a variable that agents may see, may be given again', collect, NOTHING)
    .option('--forge <name>', 'where pull requests are opened', 'local')
    .addOption(
      new Option('--sandbox <mode>', "auto: agents and gates run behind this machine's wall, if it has one")
        .choices(['auto', 'off'] as const)
        .default('auto' as const),
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
    .option('--yes', 'confirm the request and the list of phases as shown; nothing else')
    .option('--json', 'one JSON event per line on stdout, the last one is the result')
    .addHelpText(
      'after',
      '\nA run stays with its terminal: detaching it is to come. Ctrl-C leaves it resumable.',
    );
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
