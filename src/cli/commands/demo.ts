/** `baton demo`: a whole run on two small repositories, by rules, without a key or a network. */
import { Option } from '@commander-js/extra-typings';
import { join } from 'node:path';
import { pid } from 'node:process';
import { createCommand, usageError } from '../command.ts';
import { columnsOf, type CliContext } from '../context.ts';
import { refuseInsideRun } from '../nested.ts';
import { makeNumberedFolder } from '../numbered-folder.ts';
import type { LoadedWorkflow } from '../start/definitions-here.ts';
import { findStateDir, newStateDir, workDirOf } from '../places.ts';
import { plainWholeNumber } from '../plain-number.ts';
import { wrapHanging } from '../render/width.ts';

const FORGES = ['local', 'github-like'] as const;
const TERMINAL_PACE_MS = 300;
const MAX_PACE_MS = 60_000;

/** Says at once what will happen, makes the repositories, runs, and ends with what to try next. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  refuseInsideRun(context);
  const { DEFAULT_SEED } = await import('../../demo/cast.ts');
  const flags = createDemoCommand(context).parse(argv, { from: 'user' }).opts();
  if (flags.tamper !== undefined) {
    const { tamperHere } = await import('../demo/tamper.ts');
    return tamperHere(flags.tamper, context);
  }
  const workflow = flags.workflow ?? null;
  if (workflow !== null) refuseRuleFlags(flags);
  const seed = flags.seed === undefined ? DEFAULT_SEED : wholeNumber('--seed', flags.seed, 2 ** 31);
  const paceMs =
    flags.pace === undefined
      ? context.stderr.isTTY
        ? TERMINAL_PACE_MS
        : 0
      : wholeNumber('--pace', flags.pace, MAX_PACE_MS);
  const { forge } = flags;
  const options = {
    workflow,
    forge,
    hostile: flags.hostile === true,
    json: flags.json === true,
    seed,
    paceMs,
  };
  const stateDir = findStateDir(context) ?? newStateDir(context);
  workDirOf(context); // throws where workspaces would lie in a repository
  const definitions = workflow === null ? null : await requireWorkflow(workflow, context);
  if (!options.json)
    context.stderr.write(`${(await openingLines(options, columnsOf(context.stderr))).join('\n')}\n\n`);
  // Everything heavy is loaded after the first line is on the screen.
  const { playDemo } = await import('../demo/play-demo.ts');
  return playDemo(
    { ...options, definitions, stateDir, reposDir: makeNumberedFolder(join(stateDir, 'demo')) },
    context,
  );
}

/** What is wrong with a workflow is said before anything else is, and before anything is made. */
async function requireWorkflow(name: string, { cwd }: CliContext): Promise<LoadedWorkflow> {
  const { chooseWorkflow, requireDefinitions } = await import('../start/definitions-here.ts');
  return requireDefinitions(chooseWorkflow(name, cwd));
}

function createDemoCommand(context: CliContext) {
  return createCommand(
    'demo',
    'A whole run in a minute or two: two repositories, rules as agents, no key, no network.',
    context,
  )
    .option(
      '--workflow <name>',
      'rehearse a workflow with prepared answers in place of rules; most ask once for your approval',
    )
    .addOption(
      new Option(
        '--forge <name>',
        'local: a folder; github-like: a server of this process that is pushed to over HTTP and speaks the API of GitHub',
      )
        .choices(FORGES)
        .default('local' as const),
    )
    .option('--hostile', 'seven agents try to cheat; ends with what each tried and what stopped it')
    .option('--seed <number>', 'which parts the careless agent leaves out')
    .option('--pace <ms>', 'pause per agent, so that people can watch; 300 on a terminal, otherwise 0')
    .option('--tamper <run>', 'change one byte in a copy of the store, and let `baton verify` find it')
    .option('--json', 'one JSON event per line on stdout, the last one is the result');
}

/** Prepared answers know neither rules nor tricks. */
function refuseRuleFlags(flags: { hostile?: true; seed?: string; pace?: string }): void {
  const given = (['hostile', 'seed', 'pace'] as const).find((name) => flags[name] !== undefined);
  if (given === undefined) return;
  throw usageError(
    `--${given} is for agents that are rules; --workflow rehearses with prepared answers.`,
    'Leave one of the two out.',
  );
}

function wholeNumber(flag: string, text: string, max: number): number {
  const value = plainWholeNumber(text);
  if (value <= max) return value;
  throw usageError(`${flag} is "${text}".`, `Give a whole number from 0 to ${max}.`);
}

interface Opening {
  workflow: string | null;
  forge: (typeof FORGES)[number];
  hostile: boolean;
  seed: number;
}

async function openingLines(options: Opening, columns: number): Promise<string[]> {
  const kill =
    options.forge === 'local'
      ? `  kill -9 ${pid}   <- try it while it runs, then go on with: baton resume`
      : '  pull requests go to a forge on 127.0.0.1 that lives in this process: a demo that is killed ends with it';
  if (options.workflow !== null) {
    const words = `Baton rehearsal of ${options.workflow}: the agents give prepared answers; repositories, gates, merges, reviews, rework and pull requests are real. Where the workflow asks for an approval, you are asked.`;
    return [...wrapHanging(words, columns - 1), kill];
  }
  const { CARELESS_AGENT, ROGUES } = await import('../../demo/cast.ts');
  const cast = options.hostile
    ? `${Object.keys(ROGUES).length} agents are rogues and try one trick each; who reviews and what is measured does not know of it.`
    : `${CARELESS_AGENT} is careless: it leaves out two parts of its work (--seed ${options.seed}). Nobody tells gates or reviewer which.`;
  return [
    ...wrapHanging(
      'Baton demo: a feature request becomes two reviewed, tested pull requests. The agents are rules, not a model: no key, no network.',
      columns - 1,
    ),
    ...wrapHanging(cast, columns - 1),
    kill,
  ];
}
