import { describe, expect, it } from 'vitest';
import type { EventOf, EventType, RunEvent } from '../core/events.ts';
import { buildGraph, check, parallel, reader, submit, writer } from './build-graph.ts';
import { checkChains } from './chain-checker.ts';
import { findingOf, play } from './scripted-world.ts';

const graph = buildGraph({
  one: [reader('plan'), parallel('m', [[writer('a')], [writer('b')]]), check('whole'), submit()],
});
const sound = play(graph).events;

/** The history with each event of a type, and of a step where one is named, replaced. */
function replace<T extends EventType>(
  type: T,
  by: (event: EventOf<T>) => RunEvent[],
  history: RunEvent[] = sound,
): RunEvent[] {
  return history.flatMap((event) => (event.type === type ? by(event as EventOf<T>) : [event]));
}

describe('the independent check of verdict chains', () => {
  it('finds nothing in a sound history', () => {
    expect(checkChains(sound)).toEqual([]);
  });

  it('misses each verdict that is taken out', () => {
    const verdicts = sound.filter((event) => event.type === 'review_ended');
    expect(verdicts).toHaveLength(5);
    for (const verdict of verdicts) expect(checkChains(sound.filter((e) => e !== verdict))).not.toEqual([]);
  });

  it('takes no fail, no contradiction, no other link and no author for a pass', () => {
    const changed = (over: Partial<EventOf<'review_ended'>>) =>
      checkChains(replace('review_ended', (event) => [{ ...event, ...over }]));
    const review = { verdict: 'pass', summary: '', findings: [], resolved: [] } as const;
    const open = { ...review, findings: [findingOf('reviewer', 'p')], resolved: [] };
    const fail = { ...open, verdict: 'fail', findings: [] } as const;
    expect(changed({ outcome: { kind: 'verdict', review: { ...fail, findings: [] } } })).not.toEqual([]);
    expect(changed({ outcome: { kind: 'verdict', review: open } })).not.toEqual([]);
    expect(changed({ link: { from: 'x', to: 'y' } })).not.toEqual([]);
    const own = replace('review_started', (event) => [
      { ...event, identity: { ...event.identity, definition_hash: 'definition-of-a' } },
    ]);
    expect(checkChains(own)).toContain('one/a is accepted by its author reviewer');
  });

  it('sees what starts from, merges or submits a revision that nothing leads to', () => {
    const base = 'elsewhere';
    expect(checkChains(replace('invocation_started', (e) => [{ ...e, base }]))).not.toEqual([]);
    expect(checkChains(replace('merge_started', (e) => [{ ...e, sides: [base, ...e.sides] }]))).toHaveLength(
      1,
    );
    expect(checkChains(replace('effect_intended', (e) => [{ ...e, head: base }]))).toHaveLength(4);
  });

  it('sees a start before what it needs, and an acceptance behind a red gate', () => {
    const late = sound.findIndex((e) => e.type === 'step_accepted' && e.step === 'one/plan');
    expect(checkChains(sound.toSpliced(late, 1)).join()).toContain('starts before one/plan');
    const red = replace('gates_ended', (event) =>
      event.outcome.kind === 'measured'
        ? [
            {
              ...event,
              outcome: {
                kind: 'measured',
                results: event.outcome.results.map((r) => ({ ...r, status: 'fail' })),
              },
            },
          ]
        : [event],
    );
    expect(checkChains(red).join()).toContain('with a red gate');
  });

  it('believes an override only where a person said so of exactly that content', () => {
    const { events } = play(buildGraph({ one: [writer('a')] }), {
      review: () => ({ verdict: 'fail', findings: [findingOf('reviewer', 'p')] }),
      answer: () => 'accept',
    });
    expect(checkChains(events)).toEqual([]);
    const engine = replace('question_answered', (e) => [{ ...e, actor: { kind: 'engine' } }], events);
    const unsaid = replace('question_answered', () => [], events);
    const other = replace(
      'question_asked',
      (e) => [{ ...e, question: { ...e.question, binds: 'x' } }],
      events,
    );
    for (const history of [engine, unsaid, other]) expect(checkChains(history)).not.toEqual([]);
  });
});
