/** A plan that a person handed in: checked like a planner's, and recorded as theirs. */
import { BatonError } from '../core/errors.ts';
import type { EventOf } from '../core/events.ts';
import type { Graph } from '../core/graph.ts';
import { planStepOf } from '../core/graph/plan-graphs.ts';
import { clampLimits } from '../core/limits.ts';
import type { PlanDocument } from '../definitions/load-plan.ts';
import { NO_WORK_FACTS, planProblems, tasksOf } from '../definitions/result-checks.ts';
import type { Artifact } from '../journal/journal.ts';
import { textArtifact } from './hash.ts';

export interface GivenPlan {
  given: NonNullable<EventOf<'run_started'>['given']>;
  artifact: Artifact;
  /** Where the plan was made for something else, or lacks something; it is used all the same. */
  notes: string[];
}

/** What a given plan is handed in for. */
export interface GivenFor {
  graph: Graph;
  request: string;
  repos: string[];
}

/** null where the workflow starts without one. Throws E_PLAN where it needs one, or where this one cannot be carried out. */
export function takeGivenPlan(run: GivenFor, given: PlanDocument | undefined): GivenPlan | null {
  const { graph, repos } = run;
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
    ...NO_WORK_FACTS,
    repos,
    citable: (given.inputs ?? []).map((input) => input.name),
    planned: {
      graph,
      plan: step.id,
      started: [],
      invocationsLeft: clampLimits(graph.limits).max_invocations,
    },
  });
  if (problems.length > 0) {
    throw new BatonError({
      code: 'E_PLAN',
      message: `The plan cannot be carried out by ${graph.workflow}:\n${problems.map((line) => `- ${line}`).join('\n')}`,
      fix: 'Mend these lines of the plan; nothing was started. What a plan cites stands under `inputs` in its file.',
    });
  }
  const artifact = textArtifact('plan', `${JSON.stringify(given, null, 1)}\n`);
  const output = {
    id: artifact.hash,
    kind: 'plan',
    artifact: artifact.hash,
    revision: null,
    summary: given.summary,
  };
  return { given: { output, tasks: tasksOf(given.plan) }, artifact, notes: notesOn(run, given) };
}

function notesOn({ graph, request }: GivenFor, given: PlanDocument): string[] {
  const notes: string[] = [];
  if (given.request !== undefined && given.request !== request)
    notes.push('the plan was made for a request in other words than this one');
  if (given.workflow !== undefined && given.workflow !== graph.workflow)
    notes.push(`the plan was made for the workflow ${given.workflow}`);
  if ((given.acceptance_criteria ?? []).length === 0)
    notes.push('the plan names no acceptance criteria (`acceptance_criteria` in its file): none is checked');
  return notes;
}
