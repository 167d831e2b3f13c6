/** Which model an agent gets, from what the configuration and its own file say. */
import type { AgentDefinition } from '../definitions/agent.ts';
import type { AgentChoices, ModelChoice } from '../definitions/config.ts';
import type { Driver } from '../drivers/driver.ts';

/**
 * Late rework first, then what is said of the agent, of its role, in its file, and of all; a name that the driver cannot
 * use is passed over. `round` is that of the rework it does; 0 for everything else.
 */
export function chooseModel(
  agent: AgentDefinition,
  round: number,
  { choices, driver }: { choices: AgentChoices | undefined; driver: Pick<Driver, 'takesModel'> },
): ModelChoice {
  const late = choices?.fromRework;
  const rework = late !== undefined && round >= late.round ? late : undefined;
  const named = new Map(Object.entries(choices?.names ?? {})).get(agent.name);
  const role = choices?.roles[agent.role];
  const names = [rework?.model, named?.model, role?.model, agent.model, choices?.model];
  return {
    model: names.find((name) => name != null && (driver.takesModel?.(name) ?? true)) ?? null,
    reasoning: rework?.reasoning ?? named?.reasoning ?? role?.reasoning ?? null,
  };
}

/** All that an agent may get in a run. */
export function modelsOf(
  agent: AgentDefinition,
  given: { choices: AgentChoices | undefined; driver: Pick<Driver, 'takesModel'> },
): (string | null)[] {
  const rounds = [0, given.choices?.fromRework?.round ?? 0];
  return [...new Set(rounds.map((round) => chooseModel(agent, round, given).model))];
}
