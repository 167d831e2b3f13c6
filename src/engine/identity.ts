/** Who is called: the definition by its hash, and what runs it, as every view shows it. */
import type { Identity } from '../core/records.ts';
import type { ModelChoice } from '../definitions/config.ts';
import type { AgentDefinition } from '../definitions/agent.ts';
import { chooseModel } from './choose-model.ts';
import type { RunContext } from './run-context.ts';

export function definitionOf(ctx: RunContext, agent: string): AgentDefinition {
  const definition = ctx.agents.get(agent);
  if (definition === undefined) throw new Error(`agent ${agent} is not in the snapshot of run ${ctx.runId}`);
  return definition;
}

/** `round`: of the rework that it does; 0 for everything else. */
export function modelOf(ctx: RunContext, agent: AgentDefinition, round: number): ModelChoice {
  return chooseModel(agent, round, { choices: ctx.snapshot.config.agents, driver: ctx.driver });
}

export function identityOf(ctx: RunContext, agent: string, round: number = 0): Identity {
  const definition = definitionOf(ctx, agent);
  const { name, role, hash } = definition;
  const { model, reasoning } = modelOf(ctx, definition, round);
  return {
    agent: name,
    role,
    definition_hash: hash,
    driver: ctx.driver.name,
    label: ctx.driver.labelFor(name, model),
    model,
    ...(reasoning === null ? {} : { reasoning }),
  };
}
