/** The budget of a run: a flag over the workflow over `baton.yaml`; what none of them says is not bounded. */
import type { Budget, Currency } from '../../core/budget/budget.ts';
import { BUDGET_FLAGS } from '../../definitions/budget-schema.ts';
import { usageError } from '../command.ts';
import { plainNumber } from '../plain-number.ts';

/** As they stand on the command line. */
export interface BudgetFlags {
  budgetTokens?: string | undefined;
  budgetUsd?: string | undefined;
  budgetTime?: string | undefined;
}

/** Throws E_USAGE for a flag that is no amount, or out of its range. */
export function chooseBudget(
  flags: BudgetFlags,
  workflow: Budget | undefined,
  config: Budget | undefined,
): Budget {
  return {
    ...config,
    ...workflow,
    ...readFlag('tokens', '--budget-tokens', flags.budgetTokens),
    ...readFlag('cost_usd', '--budget-usd', flags.budgetUsd),
    ...readFlag('time_ms', '--budget-time', flags.budgetTime),
  };
}

function readFlag(name: Currency, flag: string, text: string | undefined): Budget {
  if (text === undefined) return {};
  const value = name === 'time_ms' ? text : plainNumber(text);
  const parsed = BUDGET_FLAGS[name].safeParse(value);
  if (parsed.success) return { [name]: parsed.data };
  const rule = parsed.error.issues[0]?.message ?? 'is no amount';
  throw usageError(`${flag} is ${text}: it ${rule}.`, `Write it like ${EXAMPLES[name]}.`);
}

const EXAMPLES: Readonly<Record<Currency, string>> = {
  tokens: '--budget-tokens 2000000',
  cost_usd: '--budget-usd 20',
  time_ms: '--budget-time 4h',
};
