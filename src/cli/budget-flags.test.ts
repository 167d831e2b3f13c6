import { describe, expect, it } from 'vitest';
import { chooseBudget } from './budget-flags.ts';

describe('the budget of a run', () => {
  it('is the flag, else the workflow, else baton.yaml, each amount by itself', () => {
    const config = { tokens: 1, cost_usd: 1, time_ms: 1_000, reserve_tokens: 7 };
    const workflow = { tokens: 2, cost_usd: 2 };
    expect(chooseBudget({ budgetTokens: '3', budgetTime: '4h' }, workflow, config)).toEqual({
      tokens: 3,
      cost_usd: 2,
      time_ms: 4 * 3_600_000,
      reserve_tokens: 7,
    });
    expect(chooseBudget({}, undefined, undefined)).toEqual({});
  });
});
