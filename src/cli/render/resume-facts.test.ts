import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../core/events.ts';
import { asJournal, simulateEvents } from '../../testing/events.ts';
import { failing, finding } from '../../testing/outcomes.ts';
import { resumeFacts, resumeLine } from './resume-facts.ts';

const NONE = { stepsRepeated: 0, effectsDoubled: 0, interrupted: 0 };

function eventOf<T extends RunEvent['type']>(events: RunEvent[], type: T): Extract<RunEvent, { type: T }> {
  return events.find((e): e is Extract<RunEvent, { type: T }> => e.type === type) as Extract<
    RunEvent,
    { type: T }
  >;
}

describe('what a resume cost', () => {
  it('finds nothing repeated in a whole run with rework', () => {
    const events = simulateEvents({ review: (c) => (c.round === 1 ? failing(finding()) : null) });
    expect(resumeFacts(asJournal(events))).toEqual(NONE);
  });

  it('does not count a fresh attempt after an interruption or a failure', () => {
    const events = simulateEvents({ until: (e) => e.type === 'invocation_started' });
    const first = eventOf(events, 'invocation_started');
    const again = { ...first, attempt: 2, key: first.key.replace('/a1', '/a2') };
    expect(resumeFacts(asJournal([...events, { type: 'interrupted', keys: [first.key] }, again]))).toEqual({
      ...NONE,
      interrupted: 1,
    });
  });

  it('counts an outcome that was recorded twice', () => {
    const events = simulateEvents();
    const ended = eventOf(events, 'invocation_ended');
    expect(resumeFacts(asJournal([...events, ended])).stepsRepeated).toBe(1);
  });

  it('counts a new attempt at an invocation that had handed in its result', () => {
    const events = simulateEvents({ until: (e) => e.type === 'review_started' });
    const first = eventOf(events, 'invocation_started');
    const again = { ...first, attempt: 2, key: first.key.replace('/a1', '/a2') };
    expect(resumeFacts(asJournal([...events, again])).stepsRepeated).toBe(1);
  });

  it('counts an effect that was performed twice, not one that was found done', () => {
    const events = simulateEvents();
    const pushed = eventOf(events, 'effect_ended');
    const found = {
      ...pushed,
      outcome: { kind: 'confirmed', performed: false, pull_request: null },
    } as const;
    expect(resumeFacts(asJournal([...events, found])).effectsDoubled).toBe(0);
    expect(resumeFacts(asJournal([...events, pushed])).effectsDoubled).toBe(1);
  });

  it('says so in one line', () => {
    expect(resumeLine(NONE, 44)).toBe('resumed in 0.04 s, 0 finished steps repeated, 0 effects doubled');
    expect(resumeLine({ stepsRepeated: 1, effectsDoubled: 2, interrupted: 2 }, 1_500)).toBe(
      'resumed in 1.50 s, 2 interrupted attempts started again, 1 finished step repeated, 2 effects doubled',
    );
  });

  it('tells of the attempts that were interrupted this time, not of those before', () => {
    const events = simulateEvents({ until: (e) => e.type === 'invocation_started' });
    const holder = eventOf(events, 'holder_changed');
    const once: RunEvent[] = [...events, holder, { type: 'interrupted', keys: ['a', 'b'] }];
    expect(resumeFacts(asJournal(once)).interrupted).toBe(2);
    expect(resumeFacts(asJournal([...once, holder])).interrupted).toBe(0);
  });
});
