import { describe, expect, it } from 'vitest';
import { buildGraph, parallel, writer, type Item } from '../testing/build-graph.ts';
import { play } from '../testing/scripted-world.ts';
import { startOf } from '../testing/simulator.ts';
import { decide } from './decide.ts';
import type { RunEvent } from './events.ts';
import { applyEvent, fold } from './fold.ts';
import type { Graph } from './graph.ts';

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

/** CPU of folding each event and deciding behind it, in milliseconds, best of two. */
function costOf(events: RunEvent[]): number {
  const costs = [1, 2].map(() => {
    const before = process.cpuUsage();
    const state = fold(events.slice(0, 1));
    for (const event of events.slice(1)) {
      applyEvent(state, event);
      decide(state);
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...costs);
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
    costOf(small); // warm
    // Linear is 10; one scan over all steps or events per turn makes it several times that.
    // The least of three: another process can only make one of them slower.
    const ratios = [1, 2, 3].map(() => costOf(large) / costOf(small));
    expect(Math.min(...ratios)).toBeLessThan(20);
  });
});
