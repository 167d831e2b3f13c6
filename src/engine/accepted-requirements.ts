/** The functional requirements that a run accepted, for the gate that holds the change against its plan. */
import { criteriaStep } from '../core/checks/criteria.ts';
import type { Requirement } from '../core/plan/planned-requirements.ts';
import { stepOf } from '../core/state.ts';
import type { RunContext } from './run-context.ts';

/** None where the run was given its plan, or wrote no requirements. */
export async function acceptedRequirements(ctx: RunContext): Promise<Requirement[]> {
  const steps = ctx.state.graph.steps.map(({ id }) => stepOf(ctx.state, id));
  const output = criteriaStep(steps)?.accepted?.output;
  if (output?.kind !== 'requirements') return [];
  const body = JSON.parse(await ctx.readText(output.artifact)) as {
    requirements?: { functional: Requirement[] };
  }; // checked when it was handed in
  return body.requirements?.functional ?? [];
}
