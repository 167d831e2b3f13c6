/** What the calls of one invocation took, and whether one more fits into what it may spend. */
import type { Usage } from '../core/results.ts';
import type { AccessStop, Allowance } from './gateway.ts';
import type { TokenCounts } from './wire.ts';

/** What one call took. `counts` null: nobody said; `complete` false: the answer broke off, and there may be more. */
export interface CallBill {
  counts: TokenCounts | null;
  complete: boolean;
  costUsd: number | null;
}

/** What a call may take, before anybody knows: tokens, and their price. */
export interface Estimate {
  tokens: number;
  costUsd: number | null;
}

export type Admission =
  | { kind: 'admitted'; settle(bill: CallBill): void }
  | { kind: 'refused'; stop: AccessStop }
  /** The caller went away while it waited. */
  | { kind: 'gone' };

export interface Ledger {
  /**
   * Lets a call through, or says why not. Where calls under way may take all that is left, it waits for them to end:
   * so what is spent beyond the allowance is at most what one call takes.
   */
  admit(estimate: Estimate, signal: AbortSignal): Promise<Admission>;
  usage(): Usage;
}

interface Totals {
  calls: number;
  input: number;
  cachedInput: number;
  cacheWrites: number;
  output: number;
  reasoning: number;
  costUsd: number;
  unknownTokens: boolean;
  unknownCost: boolean;
  /** What calls that said nothing are taken to have cost: held against the allowance, told to nobody. */
  assumed: { tokens: number; costUsd: number };
}

export function createLedger(allowance: () => Allowance): Ledger {
  const totals: Totals = {
    calls: 0,
    input: 0,
    cachedInput: 0,
    cacheWrites: 0,
    output: 0,
    reasoning: 0,
    costUsd: 0,
    unknownTokens: false,
    unknownCost: false,
    assumed: { tokens: 0, costUsd: 0 },
  };
  const underWay = new Set<Estimate>();
  let settled = Promise.withResolvers<void>();

  function left(): Allowance {
    const { tokens, costUsd } = allowance();
    const { assumed } = totals;
    return {
      tokens: tokens === null ? null : tokens - totals.input - totals.output - assumed.tokens,
      costUsd: costUsd === null ? null : costUsd - totals.costUsd - assumed.costUsd,
    };
  }

  function refusal(estimate: Estimate): AccessStop | 'wait' | null {
    const { tokens, costUsd } = left();
    if (costUsd !== null && estimate.costUsd === null) {
      const detail = 'The run has a budget of money, and the price of this model is not known.';
      return { kind: 'budget', detail };
    }
    if (tokens !== null && tokens <= 0) return { kind: 'budget', detail: spentDetail('tokens') };
    if (costUsd !== null && costUsd <= 0) return { kind: 'budget', detail: spentDetail('money') };
    const open = [...underWay];
    if (open.length === 0) return null;
    const openTokens = open.reduce((sum, one) => sum + one.tokens, 0);
    const openUsd = open.reduce((sum, one) => sum + (one.costUsd ?? 0), 0);
    const full = (tokens !== null && openTokens >= tokens) || (costUsd !== null && openUsd >= costUsd);
    return full ? 'wait' : null;
  }

  function settle(estimate: Estimate, bill: CallBill): void {
    if (!underWay.delete(estimate)) return;
    totals.calls += 1;
    addBill(totals, estimate, bill);
    settled.resolve();
    settled = Promise.withResolvers<void>();
  }

  return {
    admit: async (estimate, signal) => {
      for (;;) {
        const refused = refusal(estimate);
        if (refused === null) break;
        if (refused !== 'wait') return { kind: 'refused', stop: refused };
        await Promise.race([settled.promise, aborted(signal)]);
        if (signal.aborted) return { kind: 'gone' };
      }
      underWay.add(estimate);
      return { kind: 'admitted', settle: (bill) => settle(estimate, bill) };
    },
    usage: () => toUsage(totals),
  };
}

function addBill(totals: Totals, estimate: Estimate, { counts, complete, costUsd }: CallBill): void {
  const known = counts !== null && complete;
  if (counts !== null) {
    totals.input += counts.input;
    totals.cachedInput += counts.cachedInput;
    totals.cacheWrites += counts.cacheWrites;
    totals.output += counts.output;
    totals.reasoning += counts.reasoning;
  }
  if (!known) {
    const seen = counts === null ? 0 : counts.input + counts.output;
    totals.unknownTokens = true;
    totals.assumed.tokens += Math.max(0, estimate.tokens - seen);
  }
  totals.costUsd += costUsd ?? 0;
  if (!known || costUsd === null) {
    totals.unknownCost = true;
    totals.assumed.costUsd += Math.max(0, (estimate.costUsd ?? 0) - (costUsd ?? 0));
  }
}

function toUsage(totals: Totals): Usage {
  const known = (count: number): number | null => (totals.unknownTokens ? null : count);
  return {
    input_tokens: known(totals.input),
    output_tokens: known(totals.output),
    cost_usd: totals.unknownCost ? null : Math.round(totals.costUsd * 1e6) / 1e6,
    cached_input_tokens: known(totals.cachedInput),
    cache_write_tokens: known(totals.cacheWrites),
    reasoning_tokens: known(totals.reasoning),
    model_calls: totals.calls,
  };
}

function spentDetail(what: string): string {
  return `Of the run's budget of ${what} nothing is left for this invocation.`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
