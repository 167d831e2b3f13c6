/** `baton plan`: makes a plan, shows its five parts, and stops; or shows the plan of a run that has one. */
import { resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { BatonError } from '../../core/errors.ts';
import { takesPlan, untilPlan } from '../../core/graph/plan-graphs.ts';
import type { Graph } from '../../core/graph.ts';
import type { PlanDocument } from '../../definitions/load-plan.ts';
import type { Engine } from '../../engine/engine.ts';
import {
  hasEnded,
  readDriver,
  readPlanOf,
  requireWritable,
  writePlan,
  type PlanOfRun,
} from '../start/accepted-plan.ts';
import { usageError } from '../command.ts';
import { printJson, type CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { refuseInsideRun } from '../nested.ts';
import { findRepository } from '../places.ts';
import { readRequest } from '../start/read-request.ts';
import { planLines } from '../render/plan-lines.ts';
import { quote } from '../render/result-text.ts';
import { runCommand, wordsOfRun, type StartWords } from '../run-words.ts';
import { createStartCommand, startHere } from '../start/start-here.ts';
import { pickRun } from '../pick-run.ts';
import { openStore } from '../store.ts';

const WORKFLOW = 'planner';
/** What a new run is told and a stored one knows. */
const OF_A_START = [
  'file',
  'repo',
  'base',
  'workflow',
  'driver',
  'agentCommand',
  'agentEnv',
  'agentNetwork',
  'forge',
  'sandbox',
  'budgetTokens',
  'budgetUsd',
  'budgetTime',
  'effort',
  'refine',
  'yes',
];

/** Runs a workflow up to its accepted plan. The plan goes to stdout, and to a file that `run --plan` takes. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  refuseInsideRun(context);
  const command = createStartCommand('plan', 'Makes a plan, shows its five parts, and stops.', context)
    .option('--out <file>', 'write the plan here, for `baton run --plan FILE`')
    .addOption(
      new Option(
        '--of <run>',
        'start nothing: the accepted plan of this run, by its id or its beginning',
      ).conflicts(OF_A_START),
    )
    .parse(argv, { from: 'user' });
  const { out, of, ...flags } = command.opts();
  const [words] = command.processedArgs;
  if (out !== undefined) requireWritable(resolve(context.cwd, out));
  if (of !== undefined) {
    if (words !== undefined)
      throw usageError(
        '--of shows a plan that is there, and a request asks for a new one.',
        'Leave one of the two out.',
      );
    return showPlanOf(of, { out, json: flags.json === true }, context);
  }
  const request = await readRequest({ words, file: flags.file, command: 'plan' }, context);
  const tell = async (engine: Engine, runId: string): Promise<void> => {
    const found = await readPlanOf(engine.journal, runId);
    if (found === null) return;
    const words = { ...flags, workflow: flags.workflow ?? WORKFLOW };
    if (found.document === null) context.stderr.write(`${missingNote(found, out)}\n`);
    else tellPlan({ ...found, document: found.document }, { out, json: flags.json === true, words }, context);
  };
  return startHere(
    { request, flags, workflow: WORKFLOW, makesPlan: true, shape: requireUntilPlan },
    context,
    tell,
  );
}

async function showPlanOf(
  name: string,
  { out, json }: { out: string | undefined; json: boolean },
  context: CliContext,
): Promise<number> {
  await using store = await openStore(context);
  const { runId } = await pickRun(store, name, context);
  const found = await readPlanOf(store.journal, runId);
  if (found === null || found.document === null) throw noPlan(runId, found);
  const driver = await readDriver(store.journal, found.started);
  const words = wordsOfRun(found.started, driver, findRepository(context.cwd));
  tellPlan({ ...found, document: found.document }, { out, json, words }, context);
  if (json) printJson(context, found.document);
  return EXIT.done;
}

interface Telling {
  out: string | undefined;
  json: boolean;
  words: StartWords;
}

/** The plan on stdout, in its file, and on stderr the command that starts from it. */
function tellPlan(
  { document, started, state }: PlanOfRun & { document: PlanDocument },
  { out, json, words }: Telling,
  context: CliContext,
): void {
  if (out !== undefined) writePlan(document, resolve(context.cwd, out), started.run_id);
  if (!json) context.stdout.write(`${planLines(document.plan).join('\n')}\n`);
  if (takesPlan(started.graph.plan_for ?? started.graph) === 'no') {
    context.stderr.write(
      `note: ${state.graph.workflow} does not start from a plan; \`baton workflows list\` says which workflows do.\n`,
    );
    return;
  }
  const first = out === undefined ? `baton plan --of ${started.run_id} --out PLAN.yaml, then ` : '';
  context.stderr.write(`next: ${first}${runCommand(out ?? 'PLAN.yaml', words)}\n`);
}

/** Why there is nothing to show, and what brings it. */
function missingNote({ state, started }: PlanOfRun, out: string | undefined): string {
  const lost = out === undefined ? '' : `, and ${out} is not written`;
  if (hasEnded(state)) return `note: the run ended without an accepted plan${lost}.`;
  const later = `baton plan --of ${started.run_id}${out === undefined ? '' : ` --out ${quote(out)}`}`;
  const does = out === undefined ? 'shows' : 'writes';
  return `note: there is no accepted plan yet${lost}; once the run has gone on to it, \`${later}\` ${does} it. \`--yes\` confirms the request beforehand.`;
}

function noPlan(runId: string, found: PlanOfRun | null): BatonError {
  const open = found !== null && !hasEnded(found.state);
  return new BatonError({
    code: 'E_PLAN',
    message: `Run ${runId} has no accepted plan${open ? ' yet' : ''}.`,
    fix: open
      ? `See what it waits for: \`baton status ${runId}\`.`
      : 'Make one: `baton plan "<request>" --out PLAN.yaml`.',
  });
}

function requireUntilPlan(graph: Graph): Graph {
  const cut = untilPlan(graph);
  if (cut !== null) return cut;
  throw new BatonError({
    code: 'E_PLAN',
    message: `No agent of the workflow ${graph.workflow} makes a plan.`,
    fix: 'Leave `--workflow` out, or name one with a step that has `output: plan`.',
  });
}
