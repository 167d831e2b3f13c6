/** What a run has spent, in words: for the live view, `status` and the report. */
import type { BudgetLine, BudgetName } from '../../core/budget/budget.ts';
import { formatDuration } from './duration.ts';

const TITLES: Readonly<Record<BudgetName, string>> = {
  tokens: 'tokens',
  cost_usd: 'cost',
  time_ms: 'time',
  invocations: 'invocations',
};

/** One phrase for each thing that can run out, what is bounded first. */
export function budgetPhrases(lines: readonly BudgetLine[]): string[] {
  const bounded = ({ name, limit }: BudgetLine): boolean => limit !== null && name !== 'invocations';
  return [...lines.filter(bounded), ...lines.filter((line) => !bounded(line))].map(phrase);
}

function phrase({ name, limit, used, assumed, reserved, left }: BudgetLine): string {
  const show = (value: number): string => amount(name, value);
  const spent = `${TITLES[name]} ${used === null ? 'unknown' : show(used)}`;
  if (limit === null || left === null) return spent;
  const parts = [
    `${spent} of ${show(limit)}`,
    ...(assumed > 0 ? [`${show(assumed)} of it assumed`] : []),
    ...(reserved > 0 ? [`${show(reserved)} reserved`] : []),
    `${show(left)} left`,
  ];
  return parts.join(', ');
}

function amount(name: BudgetName, value: number): string {
  if (name === 'time_ms') return formatDuration(value);
  return name === 'cost_usd' ? `${value.toFixed(2)} USD` : String(value);
}
