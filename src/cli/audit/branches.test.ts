import { describe, expect, it } from 'vitest';
import { createRandom } from '../../testing/random.ts';
import { createDepths, onlyBehind, type TreeGraph } from './branches.ts';

type Edges = Map<string, string[]>;

function graphOf(edges: Edges): TreeGraph & { asked: () => number } {
  let asked = 0;
  const below = (id: string): string[] => edges.get(id) ?? [];
  const depth = createDepths(below);
  return {
    below: (id) => {
      asked += 1;
      return below(id);
    },
    depth,
    asked: () => asked,
  };
}

function allBehind(edges: Edges, start: string): Set<string> {
  const found = new Set<string>();
  const queue = [start];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    queue.push(...(edges.get(id) ?? []));
  }
  return found;
}

function randomEdges(seed: number, circles: boolean): Edges {
  const random = createRandom(seed);
  const ids = Array.from({ length: 14 }, (_, i) => `s${i}`);
  return new Map(
    ids.map((id, i) => [id, ids.filter((_, j) => (circles ? j !== i : j < i) && random() < 0.22)]),
  );
}

describe('the steps behind one tree and not behind another', () => {
  it('are those that a walk through everything finds, in any graph', () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const edges = randomEdges(seed, false);
      for (const [side, root] of [
        ['s13', 's6'],
        ['s9', 's12'],
        ['s11', 's10'],
        ['s5', 's5'],
      ] as const) {
        const shared = allBehind(edges, root);
        const expected = [...allBehind(edges, side)].filter((id) => !shared.has(id));
        expect(onlyBehind(graphOf(edges), side, root).sort()).toEqual(expected.sort());
      }
    }
  });

  it('are all of them without another tree, and are found in circles as well', () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const edges = randomEdges(seed, true);
      const all = [...allBehind(edges, 's13')].sort();
      expect(onlyBehind(graphOf(edges), 's13', null).sort()).toEqual(all);
      expect(() => onlyBehind(graphOf(edges), 's13', 's4')).not.toThrow();
    }
  });

  it('cost what the two do not share, however long the run was before', () => {
    const edges: Edges = new Map([['m0', []]]);
    for (let i = 1; i <= 5_000; i += 1) {
      edges.set(`a${i}`, [`m${i - 1}`]).set(`b${i}`, [`m${i - 1}`]);
      edges.set(`m${i}`, [`m${i - 1}`, `a${i}`, `b${i}`]);
    }
    const graph = graphOf(edges);
    for (let i = 1; i <= 5_000; i += 1) expect(onlyBehind(graph, `a${i}`, `m${i - 1}`)).toEqual([`a${i}`]);
    expect(graph.asked()).toBeLessThan(3 * 5_000);
  });
});
