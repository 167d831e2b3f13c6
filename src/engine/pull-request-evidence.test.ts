import { describe, expect, it } from 'vitest';
import { fold } from '../core/fold.ts';
import type { GateResult } from '../core/records.ts';
import { simulateEvents } from '../testing/events.ts';
import { gateResult } from '../testing/outcomes.ts';
import { gatesPart } from './pull-request-evidence.ts';

/** What a pull request says of these gates, which every step of the run has. */
function said(...results: GateResult[]): string {
  return gatesPart(fold(simulateEvents({ gates: () => results })));
}

describe('the gates in a pull request', () => {
  it('R69: are told one a line, suites with their counts, beside how many of the changed lines tests ran', () => {
    const part = said(
      gateResult({ summary: '57 passed, 6 of them new' }),
      gateResult({
        gate: 'coverage',
        kind: 'coverage',
        module: 'packages/api',
        status: 'unverified',
        summary: '75 % of 8 changed lines are covered',
        coverage: { lines: 8, covered: 6, uncovered: [{ path: 'src/a.ts', lines: [3, 4] }] },
      }),
    );
    expect(part).toBe(
      [
        'Gates on the submitted tree:',
        '```',
        'orders tests: pass (57 passed, 6 of them new)',
        'orders/packages/api coverage: unverified (75 % of 8 changed lines are covered)',
        '```',
        'Line coverage: 75 % of 8 changed lines.',
      ].join('\n'),
    );
  });

  it('R69: say that no coverage was read where none was, and that no gate ran where none did', () => {
    expect(said(gateResult())).toMatch(/\nLine coverage: not measured\.$/);
    expect(said()).toBe('No gate ran on the submitted tree.');
  });
});
