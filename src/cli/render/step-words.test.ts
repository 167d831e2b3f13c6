import { describe, expect, it } from 'vitest';
import { asJournal, simulateEvents } from '../../testing/events.ts';
import { gateResult } from '../../testing/outcomes.ts';
import type { RunEvent } from '../../core/events.ts';
import type { GateResult } from '../../core/records.ts';
import { readHistory } from './history.ts';
import { stepDetails } from './step-words.ts';
import { PLAIN_STYLE } from './style.ts';

/** The line of the step whose tests were measured like this. */
function lineWith(canary: NonNullable<GateResult['tests']>['canary']): string[] {
  const { tests } = gateResult();
  if (tests === null) throw new Error('the sample has no tests');
  const results = [gateResult({ tests: { ...tests, canary } })];
  const events = simulateEvents().map((event) =>
    event.type === 'gates_ended' ? { ...event, outcome: { kind: 'measured', results } as const } : event,
  );
  const history = readHistory(asJournal(events));
  const step = history.steps.get('implement/feature');
  if (step === undefined) throw new Error('the sample has no such step');
  return stepDetails(history.state, step, '', PLAIN_STYLE).map((segment) => segment.text);
}

describe('the line of a step', () => {
  it('R69: says where nothing watched over the tests that it counts', () => {
    expect(lineWith('none')).toContain('canary: none');
    expect(lineWith('none')).toContain('✓ 57 tests');
    expect(lineWith('red')).not.toContain('canary: none');
  });

  it('R65: says which attempt works, where one before it failed or was killed', () => {
    const events = simulateEvents({ until: (event) => event.type === 'invocation_started' });
    const started = events.at(-1);
    if (started?.type !== 'invocation_started') throw new Error('nothing was started');
    const again = { ...started, attempt: 2, key: started.key.replace(/1$/, '2') };
    const resumed: RunEvent[] = [...events, { type: 'interrupted', keys: [started.key] }, again];
    const shown = [events, resumed].map((history) => {
      const told = readHistory(asJournal(history));
      const step = told.steps.get(started.step);
      if (step === undefined) throw new Error('the sample has no such step');
      return stepDetails(told.state, step, '', PLAIN_STYLE)[0]?.text;
    });
    expect(shown).toEqual(['works', 'works (attempt 2)']);
  });
});
