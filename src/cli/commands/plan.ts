/** `baton plan`: makes a plan, shows its five parts, and stops. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { BatonError } from '../../core/errors.ts';
import { fold } from '../../core/fold.ts';
import type { Graph } from '../../core/graph.ts';
import { planStepOf, untilPlan } from '../../core/graph/plan-graphs.ts';
import type { PlanBody } from '../../definitions/result-shapes.ts';
import type { Engine } from '../../engine/engine.ts';
import type { CliContext } from '../context.ts';
import { refuseInsideRun } from '../nested.ts';
import { readRequest } from '../read-request.ts';
import { planLines } from '../render/plan-lines.ts';
import { createStartCommand, startHere } from '../start-here.ts';

/** Runs a workflow up to its accepted plan. The plan goes to stdout, and to a file that `run --plan` takes. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  refuseInsideRun(context);
  const command = createStartCommand('plan', 'Makes a plan, shows its five parts, and stops.', context)
    .option('--out <file>', 'write the plan here, for `baton run --plan FILE`')
    .parse(argv, { from: 'user' });
  const { out, ...flags } = command.opts();
  const [words] = command.processedArgs;
  const request = readRequest({ words, file: flags.file, command: 'plan' }, context);
  const tell = async (engine: Engine, runId: string): Promise<void> => {
    const made = await readPlan(engine, runId);
    if (made === null) {
      const lost = out === undefined ? '' : `, and ${out} is not written`;
      context.stderr.write(
        `note: there is no accepted plan yet${lost}; answer the run, then \`baton report ${runId} --format s4\` shows it. \`--yes\` confirms the request beforehand.\n`,
      );
      return;
    }
    if (out !== undefined) writeFileSync(resolve(context.cwd, out), stringify(made));
    if (flags.json !== true) context.stdout.write(`${planLines(made.plan).join('\n')}\n`);
  };
  return startHere({ request, flags, workflow: 'planner', shape: requireUntilPlan }, context, tell);
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

/** The accepted plan of a run; null where it did not come to one. */
async function readPlan(engine: Engine, runId: string): Promise<{ summary: string; plan: PlanBody } | null> {
  const state = fold((await engine.journal.read(runId, 1)).map((line) => line.event));
  const step = planStepOf(state.graph);
  const output = step === null ? null : state.steps.get(step.id)?.accepted?.output;
  if (output == null) return null;
  const artifact = await engine.journal.getArtifact(runId, output.artifact);
  if (artifact === null) return null;
  const body = JSON.parse(Buffer.from(artifact.body).toString('utf8')) as { plan: PlanBody }; // checked when it was handed in
  return { summary: output.summary, plan: body.plan };
}
