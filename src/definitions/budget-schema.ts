/** `budget:` as people write it, in workflows and in `baton.yaml`; names and ranges come from `core/budget.ts`. */
import { z } from 'zod';
import { BUDGET_RANGES, type Budget } from '../core/budget/budget.ts';
import { durationSchema } from './limits-schema.ts';
import { closedObject } from './schema-issues.ts';

const [fewestTokens, mostTokens] = BUDGET_RANGES.tokens;
const tokenRule = `must be a whole number from ${fewestTokens} to ${mostTokens}`;
const tokens = z
  .int({ error: tokenRule })
  .min(fewestTokens, { error: tokenRule })
  .max(mostTokens, { error: tokenRule });

const [leastMoney, mostMoney] = BUDGET_RANGES.cost_usd;
const moneyRule = `must be an amount of US dollars from ${leastMoney} to ${mostMoney}`;
const money = z
  .number({ error: moneyRule })
  .min(leastMoney, { error: moneyRule })
  .max(mostMoney, { error: moneyRule });

const time = durationSchema(...BUDGET_RANGES.time_ms);

/** The schema of `budget:`; what is left out is not bounded. */
export const budgetSchema = closedObject({
  tokens: tokens.optional().meta({ description: 'Tokens of the whole run, input and output together.' }),
  cost_usd: money.optional().meta({ description: 'US dollars of the whole run.' }),
  time: time.optional(),
  reserve_tokens: tokens.optional().meta({ description: 'What one invocation reserves at its start.' }),
  reserve_cost_usd: money.optional().meta({ description: 'Likewise, in US dollars.' }),
});

/** What was written, in the units of the engine. */
export function toBudget({ time: time_ms, ...rest }: z.output<typeof budgetSchema>): Budget {
  return { ...rest, ...(time_ms === undefined ? {} : { time_ms }) };
}

/** What each flag of `baton run` takes. */
export const BUDGET_FLAGS = { tokens, cost_usd: money, time_ms: time } as const;
