/** Who is called: the definition by its hash, and what runs it, as every view shows it. */
import type { Identity } from '../core/records.ts';
import type { ModelChoice } from '../definitions/config.ts';
import type { AgentDefinition } from '../definitions/agent.ts';
import type { RunContext } from './run-context.ts';

export function definitionOf(ctx: RunContext, agent: string): AgentDefinition {
  const definition = ctx.agents.get(agent);
  if (definition === undefined) throw new Error(`agent ${agent} is not in the snapshot of run ${ctx.runId}`);
  return definition;
}

/** What the configuration says of this agent, then of its role, then its own file. */
export function modelOf(ctx: RunContext, agent: AgentDefinition): ModelChoice {
  const chosen = ctx.snapshot.config.agents;
  const named = new Map(Object.entries(chosen?.names ?? {})).get(agent.name);
  const role = chosen?.roles[agent.role];
  return {
    model: named?.model ?? role?.model ?? agent.model,
    reasoning: named?.reasoning ?? role?.reasoning ?? null,
  };
}

export function identityOf(ctx: RunContext, agent: string): Identity {
  const definition = definitionOf(ctx, agent);
  const { name, role, hash } = definition;
  return {
    agent: name,
    role,
    definition_hash: hash,
    driver: ctx.driver.name,
    label: ctx.driver.labelFor(name),
    model: modelOf(ctx, definition).model,
  };
}
