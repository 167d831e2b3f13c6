import { describe, expect, it } from 'vitest';
import { buildGraph, parallel, writer, type Item } from '../testing/build-graph.ts';
import { play } from '../testing/scripted-world.ts';
import { startOf } from '../testing/simulator.ts';
import { decide } from './decide.ts';
import type { RunEvent } from './events.ts';
import { applyEvent, fold } from './fold.ts';
import type { Graph } from './graph.ts';
import { withinTimes } from '../testing/time-bounds.ts';

/** About so many steps: groups of seven writers, merged, seven groups to a phase. */
function largeGraph(steps: number): Graph {
  const groups = Math.ceil(steps / 8);
  const phases: Record<string, Item[]> = {};
  for (let i = 0; i < groups; i += 1) {
    const branches = Array.from({ length: 7 }, (_, n) => [writer(`w${i}-${n}`, { agent: `agent-${n}` })]);
    (phases[`p${Math.floor(i / 7)}`] ??= []).push(parallel(`m${i}`, branches));
  }
  return buildGraph(phases, { limits: { max_invocations: 100_000, max_parallel: 8 } });
}

/** The whole history of a run of this graph. */
function historyOf(graph: Graph): RunEvent[] {
  const { events, state } = play(graph);
  expect(state.ended?.status).toBe('done');
  return events;
}

/** Folds each event and decides behind it. */
function relive(events: RunEvent[]): void {
  const state = fold(events.slice(0, 1));
  for (const event of events.slice(1)) {
    applyEvent(state, event);
    decide(state);
  }
}

describe('fold', () => {
  it('refuses a history that does not begin with its start, or starts twice', () => {
    const [started] = startOf(buildGraph({ one: [writer('a')] }));
    expect(() => fold([])).toThrow('without events');
    expect(() => fold([{ type: 'run_resumed' }])).toThrow('run_started');
    const state = fold(started === undefined ? [] : [started]);
    expect(() => started !== undefined && applyEvent(state, started)).toThrow('only once');
  });

  it('keeps the cost of a step flat: ten times the steps cost about ten times as much', () => {
    const small = historyOf(largeGraph(400));
    const large = historyOf(largeGraph(4_000));
    // Linear is 10; one scan over all steps or events per turn makes it several times that.
    withinTimes(
      20,
      () => relive(small),
      () => relive(large),
    );
  });
});
