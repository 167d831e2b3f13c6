import { describe, expect, it } from 'vitest';
import { buildGraph, check, reader, writer } from '../../testing/build-graph.ts';
import { play, type WorldScript } from '../../testing/scripted-world.ts';
import { startOf } from '../../testing/simulator.ts';
import { simulate } from '../../testing/simulator.ts';
import { createRandom } from '../../testing/random.ts';
import { createScriptedWorld } from '../../testing/scripted-world.ts';
import { decide } from '../decide.ts';
import type { EventOf, RunEvent } from '../events.ts';
import { applyEvent, fold } from '../fold.ts';
import type { Condition } from '../graph.ts';
import type { Effort } from '../words.ts';

const effort = (...tiers: Effort[]): Condition => ({ kind: 'effort', tiers });
/** The design is skipped for what is small, the short cut is for what is trivial. */
const graph = buildGraph({
  one: [
    reader('plan'),
    writer('design', { when: effort('medium', 'large') }),
    writer('build'),
    writer('shortcut', { when: effort('trivial') }),
    check('look'),
  ],
});
const raises = (events: RunEvent[]): EventOf<'effort_raised'>[] =>
  events.flatMap((e) => (e.type === 'effort_raised' ? [e] : []));
const worked = (events: RunEvent[]): string[] =>
  events.flatMap((e) => (e.type === 'invocation_started' ? [e.key] : []));
const grows = (lines: number): WorldScript => ({
  size: ({ step }) => (step === 'one/build' ? { files: 1, lines } : undefined),
});

describe('the effort of a run', () => {
  it('R13: selects steps, and keeps the reason', () => {
    const { events } = play(graph);
    expect(raises(events)).toEqual([]);
    expect(events).toContainEqual({
      type: 'step_skipped',
      step: 'one/design',
      reason: 'only for effort medium, large',
    });
    expect(events).toContainEqual({
      type: 'step_selected',
      step: 'one/shortcut',
      reason: 'effort trivial: as it seems',
    });
  });

  it('names the whole workflow where a graph that was cut down from it has no steps for more', () => {
    const cut = buildGraph({ one: [writer('build')] }, { cut_from: 'everything' });
    expect(raises(play(cut, grows(400)).events)).toMatchObject([
      { to: 'medium', reopened: [], stale: [], whole: 'everything' },
    ]);
    expect(raises(play(graph, grows(400)).events)[0]).not.toHaveProperty('whole');
  });

  it('rises where the change is bigger than it holds, opens what was skipped, and redoes what was derived', () => {
    const { events, state } = play(graph, grows(400));
    expect(raises(events)).toEqual([
      {
        type: 'effort_raised',
        from: 'trivial',
        to: 'medium',
        reason: 'the change has 1 files and 400 lines, more than trivial holds',
        reopened: ['one/design'],
        stale: ['one/build', 'one/shortcut'],
      },
    ]);
    expect(worked(events)).toEqual([
      'one/plan/r1/work.one.plan/a1',
      'one/build/r1/work.one.build/a1',
      'one/design/r2/work.one.design/a1',
      'one/build/r2/work.one.build/a1',
      'one/shortcut/r2/work.one.shortcut/a1',
    ]);
    expect(state.ended).toMatchObject({ status: 'done' });
    // What held for the effort that the run began with holds on: the short cut is not skipped behind the fact.
    expect(state.steps.get('one/shortcut')?.status).toBe('accepted');
    expect(state.steps.get('one/build')?.budget.reworks).toBe(0);
  });

  it('opens nothing where no step asks for the new effort', () => {
    const { events } = play(graph, grows(21));
    expect(raises(events)).toMatchObject([{ to: 'small', reopened: [], stale: [] }]);
    expect(worked(events)).toHaveLength(3);
  });

  it('stays where the change fits', () => {
    expect(raises(play(graph, grows(20)).events)).toEqual([]);
  });

  it('rises on the accepted word of a reader, never on a lower one, and never on a writer’s', () => {
    const says = (step: string, tier: Effort): WorldScript => ({
      result: (command) => (command.step === step ? { effort: tier } : null),
    });
    expect(raises(play(graph, says('one/plan', 'large')).events)).toMatchObject([
      { from: 'trivial', to: 'large', reason: 'one/plan needs more than that' },
    ]);
    expect(raises(play(graph, says('one/plan', 'trivial')).events)).toEqual([]);
    expect(raises(play(graph, says('one/build', 'large')).events)).toEqual([]);
  });

  it('rises when a person says so, and not from another one to a lower', () => {
    const state = fold(startOf(graph));
    const actor = { kind: 'human', name: 'ada', via: 'cli' } as const;
    applyEvent(state, { type: 'effort_requested', tier: 'medium', actor });
    const [first] = decide(state);
    expect(first).toMatchObject({
      kind: 'record',
      event: { type: 'effort_raised', to: 'medium', reason: 'ada asks for it' },
    });
    if (first?.kind === 'record') applyEvent(state, first.event);
    applyEvent(state, { type: 'effort_requested', tier: 'small', actor });
    expect(
      decide(state).every((command) => command.kind !== 'record' || command.event.type !== 'effort_raised'),
    ).toBe(true);
    expect(state.efforts.map((each) => each.tier)).toEqual(['trivial', 'medium']);
  });

  it('is unknown in an older run: then every step runs', () => {
    const history = startOf(graph).map((event): RunEvent => {
      if (event.type !== 'run_started') return event;
      const { effort: _, ...older } = event;
      return older;
    });
    const { state } = simulate({ history, world: createScriptedWorld({}), random: createRandom(1) });
    expect([...state.steps.values()].map((st) => st.status)).toEqual(Array(5).fill('accepted'));
  });
});
