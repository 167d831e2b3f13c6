/** What invocations cost, by phase, agent and model. A price that nobody knows is counted as unknown, never as zero. */
import type { Usage } from '../../../core/results.ts';
import type { RunHistory } from '../history.ts';

export interface Cost {
  /** Ended or not: what was started may have cost something. */
  invocations: number;
  /** The sum of what is known. */
  usd: number;
  usd_unknown: number;
  tokens: number;
  tokens_unknown: number;
}

export interface CostFigures {
  all: Cost;
  by_phase: Record<string, Cost>;
  by_agent: Record<string, Cost>;
  /** By the model, or what the driver is where it has none. */
  by_model: Record<string, Cost>;
}

/** Spent before event 1, by the agent that was asked for a second opinion on the request. */
const BEFORE = 'before the run';

export function costFigures(history: RunHistory): CostFigures {
  const figures: CostFigures = { all: createCost(), by_phase: {}, by_agent: {}, by_model: {} };
  const refined = history.started.detection?.refined;
  if (refined !== undefined) add(figures, BEFORE, refined.by, refined.usage);
  for (const { step, invocations, reviews } of history.steps.values())
    for (const { start, end } of [...invocations, ...reviews])
      add(figures, step.phase, start.event.identity, end?.event.usage ?? null);
  return figures;
}

export function createCost(): Cost {
  return { invocations: 0, usd: 0, usd_unknown: 0, tokens: 0, tokens_unknown: 0 };
}

/** Adds `more` to `cost` in place. */
export function addCost(cost: Cost, more: Cost): void {
  cost.invocations += more.invocations;
  cost.usd += more.usd;
  cost.usd_unknown += more.usd_unknown;
  cost.tokens += more.tokens;
  cost.tokens_unknown += more.tokens_unknown;
}

/** `usage` null: it did not end, so that nobody said. */
function add(
  figures: CostFigures,
  phase: string,
  identity: { agent: string; model: string | null; label: string },
  usage: Usage | null,
): void {
  const usd = usage?.cost_usd ?? null;
  const input = usage?.input_tokens ?? null;
  const output = usage?.output_tokens ?? null;
  const isCounted = input !== null && output !== null;
  const one: Cost = {
    invocations: 1,
    usd: usd ?? 0,
    usd_unknown: usd === null ? 1 : 0,
    tokens: isCounted ? input + output : 0,
    tokens_unknown: isCounted ? 0 : 1,
  };
  addCost(figures.all, one);
  addCost((figures.by_phase[phase] ??= createCost()), one);
  addCost((figures.by_agent[identity.agent] ??= createCost()), one);
  addCost((figures.by_model[identity.model ?? identity.label] ??= createCost()), one);
}
