import { describe, expect, it } from 'vitest';
import { buildGraph, check, parallel, reader, submit, writer } from '../testing/build-graph.ts';
import { play } from '../testing/scripted-world.ts';
import type { RunEvent } from './events.ts';
import type { Graph } from './graph.ts';

const keysOf = (events: RunEvent[]): Set<string> =>
  new Set(events.flatMap((e) => ('key' in e && e.type !== 'claim_mismatch' ? [e.key] : [])));

describe('command keys', () => {
  const graph = buildGraph({ one: [reader('a'), writer('b')] });

  it('are not shifted by work that is added before, between, beside or behind', () => {
    const keys = [...keysOf(play(graph).events)];
    const larger: Graph[] = [
      buildGraph({ zero: [reader('z')], one: [reader('a'), writer('b')] }),
      buildGraph({ one: [reader('a'), reader('z'), writer('b')] }),
      buildGraph({ one: [reader('a'), parallel('m', [[writer('b')], [writer('z')]])] }),
      buildGraph({ one: [reader('a'), writer('b'), check('all')], two: [submit()] }),
    ];
    for (const other of larger) expect([...keysOf(play(other).events)]).toEqual(expect.arrayContaining(keys));
  });

  it('carry step, round, what it is and the attempt, and nothing that depends on order', () => {
    expect([...keysOf(play(graph).events)]).toEqual([
      'one/a/r1/work.one.a/a1',
      'one/a/r1/review.reviewer/a1',
      'one/b/r1/work.one.b/a1',
      'one/b/r1/gates/a1',
      'one/b/r1/review.reviewer/a1',
    ]);
  });

  it('of effects carry no attempt, so that a late twin finds the thing done', () => {
    const { events } = play(buildGraph({ one: [writer('a'), submit()] }));
    expect(keysOf(events)).toContain('one/submit/r1/push_branch/api');
  });
});
