/** The question at the end of a budget: what is under way was waited for, and nothing that costs more of it starts. */
import {
  BUDGET_NAMES,
  limitOf,
  raisedLimit,
  reservedOf,
  spentOf,
  type BudgetName,
  type Currency,
} from './budget.ts';
import { cleanUpOptions } from '../effects/cleanup.ts';
import type { Question, QuestionOption } from '../records.ts';
import type { RunState } from '../state.ts';

/** The raises stand in it, so that every end of a budget is asked about once. */
function budgetQuestionId(state: RunState, name: BudgetName): string {
  return `budget/${name}/${state.spending.raises[name] + 1}`;
}

/** Which budget an open question is about; null: it is no question of this kind. */
export function budgetOfQuestion(state: RunState, id: string): BudgetName | null {
  return BUDGET_NAMES.find((name) => budgetQuestionId(state, name) === id) ?? null;
}

export function budgetQuestion(state: RunState, name: BudgetName): Question {
  const raised = raisedLimit(state, name);
  const raise: QuestionOption = {
    id: 'raise',
    label: `Raise it to ${showAmount(name, raised ?? 0)}`,
    impact: 'The run goes on where it stands; it asks again when that is used up.',
    takes_text: false,
  };
  return {
    id: budgetQuestionId(state, name),
    kind: 'budget',
    step: null,
    text: [
      `The budget of ${showAmount(name, limitOf(state, name) ?? 0)} is used up: ${useOf(state, name)}.`,
      'Nothing that would spend more of it was started, and what was under way has ended.',
    ].join('\n'),
    options: [...(raised === null ? [] : [raise]), ...cleanUpOptions()],
    binds: null,
  };
}

function useOf(state: RunState, name: BudgetName): string {
  if (name === 'invocations') return `${state.invocations} started`;
  const { spending } = state;
  const spent = showAmount(name, spentOf(spending, name));
  const assumed = spending.assumed[name];
  const guess =
    assumed === 0 ? '' : ` (${showAmount(name, assumed)} of it assumed for work that nobody measured)`;
  const reserved = reservedOf(spending, name);
  return `${spent} spent${guess}${reserved === 0 ? '' : `, ${showAmount(name, reserved)} reserved`}, and the next piece of work does not fit into what is left`;
}

const UNITS: Readonly<Record<Exclude<Currency, 'time_ms'> | 'invocations', (value: number) => string>> = {
  tokens: (value) => `${value} tokens`,
  cost_usd: (value) => `${value.toFixed(2)} USD`,
  invocations: (value) => `${value} invocations`,
};

/** An amount with its unit: `1200 tokens`, `3.50 USD`, `1h 5m`. */
export function showAmount(name: BudgetName, value: number): string {
  return name === 'time_ms' ? showTime(value) : UNITS[name](value);
}

function showTime(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  const seconds = Math.round(ms / 1_000);
  const parts = [
    [Math.floor(seconds / 3_600), 'h'],
    [Math.floor((seconds % 3_600) / 60), 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join(' ');
}
