/**
 * Budgets of the whole run: tokens, money, working time, invocations. What a piece of work may cost is reserved at
 * its start, so that what does not fit is not started; what it did cost replaces the reservation at its end. All of
 * it follows from the journal: a crash resets nothing.
 */
import type { Command } from '../commands.ts';
import type { CommandKey } from '../records.ts';
import { LIMIT_RANGES } from '../limits.ts';
import type { Usage } from '../results.ts';
import type { RunState } from '../state.ts';

/** What is summed over a run. `tokens` are those of input and output together, `time_ms` the working time of agents and gates. */
export const CURRENCIES = ['tokens', 'cost_usd', 'time_ms'] as const;
export type Currency = (typeof CURRENCIES)[number];

/** Everything that can run out. */
export const BUDGET_NAMES = [...CURRENCIES, 'invocations'] as const;
export type BudgetName = (typeof BUDGET_NAMES)[number];

/** A budget as it was written down; what is left out is not bounded. */
export interface Budget {
  tokens?: number;
  cost_usd?: number;
  time_ms?: number;
  /** What one invocation reserves; without it, the most that one of its kind took so far. */
  reserve_tokens?: number;
  reserve_cost_usd?: number;
}

/** `[smallest, largest]`: no flag, no file and no answer leads past the largest. */
export const BUDGET_RANGES: Readonly<Record<Currency, readonly [number, number]>> = {
  tokens: [1, 10_000_000_000],
  cost_usd: [0.01, 100_000],
  time_ms: [100, 30 * 24 * 3_600_000],
};

/** How often a person may raise one budget, by half each time. */
export const MAX_RAISES = 3;

export type Amount = Record<Currency, number>;

/** What is reserved and measured separately: a review costs less than the work that it judges. */
type Piece = 'work' | 'review' | 'gates';

export interface Spending {
  /** In force, what people raised included; null: not bounded. */
  limits: Record<Currency, number | null>;
  /** Per invocation, as configured. */
  configured: Record<Currency, number | null>;
  raises: Record<BudgetName, number>;
  /** What was reported or measured. */
  measured: Amount;
  /** Counted against a budget for pieces that could not say (interrupted, stale, failed): what they had to reserve. */
  assumed: Amount;
  /** How many pieces could not say. */
  unknown: Record<Currency, number>;
  /** The most that one piece took so far; null: none has ended. */
  largest: Record<Piece, Record<Currency, number | null>>;
  reserved: Map<CommandKey, { piece: Piece; amount: Amount }>;
}

export function createSpending(budget: Budget | undefined): Spending {
  const given: Budget = budget ?? {};
  const none = { tokens: null, cost_usd: null, time_ms: null };
  return {
    limits: each((currency) => clampBudget(currency, given[currency])),
    configured: {
      tokens: positive(given.reserve_tokens),
      cost_usd: positive(given.reserve_cost_usd),
      time_ms: null,
    },
    raises: { tokens: 0, cost_usd: 0, time_ms: 0, invocations: 0 },
    measured: each(() => 0),
    assumed: each(() => 0),
    unknown: each(() => 0),
    largest: { work: { ...none }, review: { ...none }, gates: { ...none } },
    reserved: new Map(),
  };
}

function each<T>(value: (currency: Currency) => T): Record<Currency, T> {
  return { tokens: value('tokens'), cost_usd: value('cost_usd'), time_ms: value('time_ms') };
}

function clampBudget(currency: Currency, given: number | undefined): number | null {
  const number = positive(given);
  if (number === null) return null;
  const [smallest, largest] = BUDGET_RANGES[currency];
  return Math.min(largest, Math.max(smallest, number));
}

function positive(given: number | undefined): number | null {
  return typeof given === 'number' && given > 0 ? given : null;
}

/** Sums of money do not drift: a millionth of a dollar is the smallest part. */
function plus(a: number, b: number): number {
  return Math.round((a + b) * 1e6) / 1e6;
}

/** Spent of a budget: what is known, and what had to be assumed. */
export function spentOf({ measured, assumed }: Spending, currency: Currency): number {
  return plus(measured[currency], assumed[currency]);
}

export function reservedOf({ reserved }: Spending, currency: Currency): number {
  let sum = 0;
  for (const { amount } of reserved.values()) sum = plus(sum, amount[currency]);
  return sum;
}

/** What nobody spent and nobody reserved; may be below zero where something cost more than it had reserved. */
function freeOf(spending: Spending, currency: Currency, reserved: Amount): number {
  const limit = spending.limits[currency];
  return limit === null
    ? Number.POSITIVE_INFINITY
    : plus(limit, -plus(spentOf(spending, currency), reserved[currency]));
}

/** What one more piece is expected to take at most; null: none of its kind has ended yet. */
function priceOf(spending: Spending, piece: Piece, currency: Currency): number | null {
  const configured = isFree(piece, currency) ? 0 : spending.configured[currency];
  const limit = spending.limits[currency];
  // A reservation above the whole budget would let nothing start at all.
  if (configured !== null) return Math.min(configured, limit ?? configured);
  return spending.largest[piece][currency];
}

/** Gates take time, and nothing else that is counted. */
function isFree(piece: Piece, currency: Currency): boolean {
  return piece === 'gates' && currency !== 'time_ms';
}

/** What does not fit, or what to reserve. Where nothing is known yet, all that is free: the first one of a kind is the last one to start. */
function fit(spending: Spending, piece: Piece, reserved: Amount): Currency | Amount {
  const amount = each(() => 0);
  for (const currency of CURRENCIES) {
    if (spending.limits[currency] === null || isFree(piece, currency)) continue;
    const free = freeOf(spending, currency, reserved);
    const price = priceOf(spending, piece, currency);
    if (free <= 0 || (price ?? 0) > free) return currency;
    amount[currency] = price ?? free;
  }
  return amount;
}

/** Reserves at a start; it is let through only where it fits, or where a stored history says so. */
export function reserve(state: RunState, key: CommandKey, piece: Piece): void {
  const { spending } = state;
  const fitting = fit(
    spending,
    piece,
    each((currency) => reservedOf(spending, currency)),
  );
  const amount =
    typeof fitting === 'string' ? each((currency) => priceOf(spending, piece, currency) ?? 0) : fitting;
  spending.reserved.set(key, { piece, amount });
}

/** What a piece took, instead of what it had reserved. `usage` null: gates have none. */
export function settle(
  state: RunState,
  key: CommandKey,
  took: { usage: Usage | null; durationMs: number },
): void {
  const known = each<number | null>(() => null);
  known.time_ms = count(took.durationMs);
  known.tokens = took.usage === null ? null : tokensOf(took.usage);
  known.cost_usd = took.usage === null ? null : count(took.usage.cost_usd);
  book(state.spending, key, known);
}

/** Nobody will ever say what this took (the holder died, or it went stale): what is usual is taken as spent. */
export function writeOff(state: RunState, key: CommandKey): void {
  book(
    state.spending,
    key,
    each(() => null),
  );
}

function book(spending: Spending, key: CommandKey, known: Record<Currency, number | null>): void {
  const held = spending.reserved.get(key);
  if (held === undefined) return;
  spending.reserved.delete(key);
  const { measured, assumed, unknown, largest } = spending;
  for (const currency of CURRENCIES.filter((one) => !isFree(held.piece, one))) {
    const took = known[currency];
    if (took === null) {
      unknown[currency] += 1;
      if (spending.limits[currency] !== null)
        assumed[currency] = plus(assumed[currency], priceOf(spending, held.piece, currency) ?? 0);
      continue;
    }
    measured[currency] = plus(measured[currency], took);
    largest[held.piece][currency] = Math.max(largest[held.piece][currency] ?? 0, took);
  }
}

function tokensOf(usage: Usage): number | null {
  const [input, output] = [count(usage.input_tokens), count(usage.output_tokens)];
  return input === null || output === null ? null : input + output;
}

/** A number that can be summed, or null. */
function count(value: number | null): number | null {
  return value !== null && Number.isFinite(value) && value >= 0 ? value : null;
}

/** What is left of the run's time for this piece, which has started: its own limit, cut. At least 1 ms. */
export function timeLimitOf(state: RunState, key: CommandKey, ownMs: number): number {
  const { spending } = state;
  const limit = spending.limits.time_ms;
  if (limit === null) return ownMs;
  const own = spending.reserved.get(key)?.amount.time_ms ?? 0;
  const others = plus(reservedOf(spending, 'time_ms'), -own);
  return Math.max(1, Math.min(ownMs, Math.floor(limit - spentOf(spending, 'time_ms') - others)));
}

/**
 * What a piece that has started may spend at most: all that is not spent, but for what others under way have reserved or,
 * where that is more, took so far. null: not bounded.
 */
export function allowanceOf(
  state: RunState,
  key: CommandKey,
  currency: 'tokens' | 'cost_usd',
  usedBy: (other: CommandKey) => number,
): number | null {
  const { spending } = state;
  const limit = spending.limits[currency];
  if (limit === null) return null;
  let taken = spentOf(spending, currency);
  for (const [other, { amount }] of spending.reserved)
    if (other !== key) taken = plus(taken, Math.max(amount[currency], usedBy(other)));
  return Math.max(0, plus(limit, -taken));
}

/** The commands that fit into the run's budgets, and the first budget that kept one of them back. */
export function withinBudget(
  state: RunState,
  commands: Command[],
): { fitting: Command[]; short: BudgetName | null } {
  const { spending } = state;
  const reserved = each((currency) => reservedOf(spending, currency));
  let invocations = state.limits.max_invocations - state.invocations;
  let short: BudgetName | null = null;
  const fitting = commands.filter((command) => {
    const piece = pieceOf(command);
    if (piece === null) return true;
    const isInvocation = piece !== 'gates';
    const amount = isInvocation && invocations <= 0 ? 'invocations' : fit(spending, piece, reserved);
    if (typeof amount === 'string') {
      short ??= amount;
      return false;
    }
    if (isInvocation) invocations -= 1;
    for (const currency of CURRENCIES) reserved[currency] = plus(reserved[currency], amount[currency]);
    return true;
  });
  return { fitting, short };
}

/** Merges, effects and pauses cost nothing that a budget counts. */
function pieceOf(command: Command): Piece | null {
  switch (command.kind) {
    case 'invoke':
      return 'work';
    case 'review':
    case 'gates':
      return command.kind;
    default:
      return null;
  }
}

/** The limit in force. */
export function limitOf(state: RunState, name: BudgetName): number | null {
  return name === 'invocations' ? state.limits.max_invocations : state.spending.limits[name];
}

/** What one raise leads to; null: it was raised often enough, or stands at its ceiling. */
export function raisedLimit(state: RunState, name: BudgetName): number | null {
  const limit = limitOf(state, name);
  if (limit === null || state.spending.raises[name] >= MAX_RAISES) return null;
  const [, ceiling] = name === 'invocations' ? LIMIT_RANGES.max_invocations : BUDGET_RANGES[name];
  const half = name === 'cost_usd' ? plus(limit, limit / 2) : Math.ceil(limit * 1.5);
  const raised = Math.min(ceiling, half);
  return raised > limit ? raised : null;
}

export function raiseBudget(state: RunState, name: BudgetName): void {
  const raised = raisedLimit(state, name);
  if (raised === null) return;
  state.spending.raises[name] += 1;
  if (name === 'invocations') state.limits.max_invocations = raised;
  else state.spending.limits[name] = raised;
}

/** Where a budget stands. `used` null: not metered, so unknown; `left` never goes below zero. */
export interface BudgetLine {
  name: BudgetName;
  limit: number | null;
  used: number | null;
  /** The part of `used` that nobody could measure. */
  assumed: number;
  reserved: number;
  left: number | null;
}

export function budgetLines(state: RunState): BudgetLine[] {
  const { spending } = state;
  const lines: BudgetLine[] = CURRENCIES.map((name) => {
    const limit = spending.limits[name];
    const spent = spentOf(spending, name);
    const reserved = reservedOf(spending, name);
    return {
      name,
      limit,
      used: isUnknown(spending, name) ? null : spent,
      assumed: spending.assumed[name],
      reserved,
      left: limit === null ? null : Math.max(0, plus(limit, -plus(spent, reserved))),
    };
  });
  const { invocations: used, limits } = state;
  const left = Math.max(0, limits.max_invocations - used);
  return [
    ...lines,
    { name: 'invocations', limit: limits.max_invocations, used, assumed: 0, reserved: 0, left },
  ];
}

/** Without a budget an unmetered driver may run: then nobody knows. Time is measured by the engine itself. */
function isUnknown({ limits, unknown, largest }: Spending, currency: Currency): boolean {
  if (currency === 'time_ms' || limits[currency] !== null) return false;
  return unknown[currency] > 0 || (largest.work[currency] === null && largest.review[currency] === null);
}
