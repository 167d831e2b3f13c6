/** A plan that a person handed in: checked like a planner's, and recorded as theirs. */
import { BatonError } from '../core/errors.ts';
import type { EventOf } from '../core/events.ts';
import type { Graph } from '../core/graph.ts';
import { planStepOf } from '../core/graph/plan-graphs.ts';
import { planProblems, tasksOf } from '../definitions/result-checks.ts';
import type { PlanBody } from '../definitions/result-shapes.ts';
import type { Artifact } from '../journal/journal.ts';
import { textArtifact } from './hash.ts';

export interface GivenPlan {
  given: NonNullable<EventOf<'run_started'>['given']>;
  artifact: Artifact;
}

/** null where the workflow starts without one. Throws E_PLAN where it needs one, or where this one cannot be carried out. */
export function takeGivenPlan(
  graph: Graph,
  given: { plan: PlanBody; summary: string } | undefined,
  repos: string[],
): GivenPlan | null {
  const step = planStepOf(graph);
  if (step?.work.kind !== 'given') return null;
  if (given === undefined) {
    throw new BatonError({
      code: 'E_PLAN',
      message: `The workflow ${graph.workflow} carries out a plan, and none was handed in.`,
      fix: 'Make one with `baton plan "<request>" --out PLAN.yaml`, read it, and start again with `--plan PLAN.yaml`.',
    });
  }
  const problems = planProblems(given.plan, undefined, {
    conditionalAgents: [],
    knownFindings: [],
    repos,
    earlierOutputs: [],
    guided: false,
    planned: { graph, plan: step.id, started: [] },
  });
  if (problems.length > 0) {
    throw new BatonError({
      code: 'E_PLAN',
      message: `The plan cannot be carried out by ${graph.workflow}:\n${problems.map((line) => `- ${line}`).join('\n')}`,
      fix: 'Mend these lines of the plan; nothing was started.',
    });
  }
  const artifact = textArtifact(
    'plan',
    `${JSON.stringify({ summary: given.summary, plan: given.plan }, null, 1)}\n`,
  );
  const output = {
    id: artifact.hash,
    kind: 'plan',
    artifact: artifact.hash,
    revision: null,
    summary: given.summary,
  };
  return { given: { output, tasks: tasksOf(given.plan) }, artifact };
}
