/** The endpoints that a run's accepted requirements and plan name, for the gates that ask a running service. */
import { criteriaStep } from '../core/checks/criteria.ts';
import { endpointsIn, type Endpoint } from '../core/checks/endpoints.ts';
import { stepOf } from '../core/state.ts';
import type { StepState } from '../core/step-state.ts';
import type { RunContext } from './run-context.ts';

/** The plan comes later and may say more of the same endpoint. */
export async function acceptedEndpoints(ctx: RunContext): Promise<Endpoint[]> {
  const steps = ctx.state.graph.steps.map(({ id }) => stepOf(ctx.state, id));
  const requirements = criteriaStep(steps);
  const plan = steps.findLast((st) => st.accepted?.output?.kind === 'plan') ?? null;
  const said = requirements === plan ? [plan] : [requirements, plan];
  return endpointsIn(await Promise.all(said.map((st) => bodyOf(ctx, st))));
}

async function bodyOf(ctx: RunContext, st: StepState | null): Promise<Record<string, unknown> | null> {
  const output = st?.accepted?.output;
  if (output == null) return null;
  return JSON.parse(await ctx.readText(output.artifact)) as Record<string, unknown>; // stored by the engine as an object
}
