/** `baton run`: carries a request to reviewed pull requests. */
import { resolve } from 'node:path';
import { BatonError, DefinitionErrors } from '../../core/errors.ts';
import { withGivenPlan } from '../../core/graph/plan-graphs.ts';
import type { Graph } from '../../core/graph.ts';
import { loadPlan, type PlanDocument } from '../../definitions/load-plan.ts';
import { usageError } from '../command.ts';
import type { CliContext } from '../context.ts';
import { refuseInsideRun } from '../nested.ts';
import { readRequest } from '../start/read-request.ts';
import { createStartCommand, startHere } from '../start/start-here.ts';

/** Starts a run and advances it here until it ends, waits for a person who is not here, or is stopped. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  refuseInsideRun(context);
  const command = createStartCommand('run', 'Carries a request to reviewed pull requests.', context)
    .option(
      '--plan <file>',
      'start from this plan (see `baton plan`) in place of an agent making one; it may carry the request',
    )
    .addHelpText(
      'after',
      '\nA run stays with its terminal: detaching it is to come. Ctrl-C leaves it resumable.',
    )
    .parse(argv, { from: 'user' });
  const { plan, ...flags } = command.opts();
  const [words] = command.processedArgs;
  const given = plan === undefined ? undefined : requirePlan(resolve(context.cwd, plan));
  const source = { words, file: flags.file, command: 'run', otherwise: given?.request };
  const request = await readRequest(source, context);
  const shape = (graph: Graph): Graph => (given === undefined ? graph : requirePlanned(graph));
  return startHere({ request, flags, plan: given, shape }, context);
}

function requirePlan(file: string): PlanDocument {
  const { document, diagnostics } = loadPlan(file);
  const unread = diagnostics.find(({ code, place }) => code === 'E_NOT_FOUND' && place === null);
  if (unread !== undefined) throw usageError(`The plan cannot be taken: ${unread.message}`, unread.fix);
  if (document === null) throw new DefinitionErrors(diagnostics);
  return document;
}

function requirePlanned(graph: Graph): Graph {
  const given = withGivenPlan(graph);
  if (given !== null) return given;
  throw new BatonError({
    code: 'E_PLAN',
    message: `The workflow ${graph.workflow} has no plan that \`--plan\` could stand for.`,
    fix: 'Leave `--plan` out, or name a workflow with a plan: `baton workflows list`.',
  });
}
