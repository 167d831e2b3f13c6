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

  it.each(['0x10', '1e3', '+5', ' 5', '5 ', '5.', '.5', '1_000', '٥', 'Infinity', ''])(
    'CFG-11: takes plain decimal numbers only, and %j is none',
    (text) => {
      expect(() => chooseBudget({ budgetTokens: text }, undefined, undefined)).toThrow('--budget-tokens is ');
      expect(() => chooseBudget({ budgetUsd: text }, undefined, undefined)).toThrow('--budget-usd is ');
      expect(() => chooseBudget({ budgetTime: `${text}h` }, undefined, undefined)).toThrow(
        '--budget-time is ',
      );
      expect(chooseBudget({ budgetUsd: '2.50' }, undefined, undefined)).toEqual({ cost_usd: 2.5 });
    },
  );
});
