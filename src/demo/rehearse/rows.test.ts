import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../core/events.ts';
import { simulateRun } from '../../testing/events.ts';
import { failing, finding, gateResult } from '../../testing/outcomes.ts';
import { rogueLabel } from './rogue-driver.ts';
import { ROGUES, type Rogue } from './rogues.ts';
import { hasSeenEnough, rogueStops, rowOf, stopsIn } from './rows.ts';

const STEP = 'implement/feature';
const LIAR = ROGUES.find(({ name }) => name === 'liar') as Rogue; // it is in the table

/** The same history with this label on whoever works in the step. */
function played(events: JournalEvent[], label: string): JournalEvent[] {
  return events.map((line) => {
    const { event } = line;
    if (event.type !== 'invocation_started' || event.step !== STEP) return line;
    return { ...line, event: { ...event, identity: { ...event.identity, label } } };
  });
}

const red = (): JournalEvent[] =>
  simulateRun({
    gates: ({ step, round }) =>
      step === STEP && round === 1
        ? [
            gateResult({
              gate: 'tests',
              repo: 'api',
              status: 'fail',
              summary: '1 failed',
              findings: [finding()],
            }),
          ]
        : null,
  });

describe('what stopped a rogue', () => {
  it('R24: is what the journal says behind its start, and nowhere else', () => {
    const events = played(red(), rogueLabel('liar'));
    const stops = rogueStops(events, LIAR, []);
    expect(stops).toMatchObject([{ by: 'gate tests of api red', detail: '1 failed', step: STEP }]);
    expect(events.find(({ seq }) => seq === stops[0]?.seq)?.event.type).toBe('gates_ended');
    expect(hasSeenEnough(stops, LIAR)).toBe(true);
    // Without the rogue there is nobody to stop.
    expect(rogueStops(red(), LIAR, [])).toEqual([]);
  });

  it('R24: is nothing that the honest run met in the same place', () => {
    const honest = stopsIn(red());
    const events = played(red(), rogueLabel('liar'));
    expect(rogueStops(events, LIAR, honest)).toEqual([]);
    const row = rowOf(LIAR, { runId: 'r', events, durationMs: 1 }, honest);
    expect(row).toMatchObject({ outcome: 'not_stopped', stopped: [], pull_request: true });
  });

  it('R24: is seen of a rogue that goes on when a person is asked', () => {
    const hog = { ...LIAR, plays: 'always' } as const;
    const review = simulateRun({
      confirmed: true,
      review: ({ step, round }) => (step === STEP ? failing(finding({ problem: `round ${round}` })) : null),
      answer: () => null,
    });
    const stops = rogueStops(played(review, rogueLabel('liar')), hog, []);
    expect(stops.at(-1)?.by).toBe('question rework_exhausted');
    expect(hasSeenEnough(stops.slice(0, 1), hog)).toBe(false);
    expect(hasSeenEnough(stops, hog)).toBe(true);
  });
});
