/** Who is called: the definition by its hash, and what runs it, as every view shows it. */
import type { Identity } from '../core/records.ts';
import type { AgentDefinition } from '../definitions/agent.ts';
import type { RunContext } from './run-context.ts';

export function definitionOf(ctx: RunContext, agent: string): AgentDefinition {
  const definition = ctx.agents.get(agent);
  if (definition === undefined) throw new Error(`agent ${agent} is not in the snapshot of run ${ctx.runId}`);
  return definition;
}

export function identityOf(ctx: RunContext, agent: string): Identity {
  const { name, role, hash, model } = definitionOf(ctx, agent);
  return {
    agent: name,
    role,
    definition_hash: hash,
    driver: ctx.driver.name,
    label: ctx.driver.labelFor(name),
    model,
  };
}
