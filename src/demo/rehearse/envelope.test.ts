import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseWorkflow, requireDefinitions } from '../../cli/start/definitions-here.ts';
import type { Graph } from '../../core/graph.ts';
import { listBuiltinWorkflows } from '../../definitions/builtin.ts';
import { buildGraph, check, parallel, reader, submit, writer, type Item } from '../../testing/build-graph.ts';
import { simulateEvents } from '../../testing/events.ts';
import { failing, finding } from '../../testing/outcomes.ts';
import { envelopeOf, type Known } from './envelope.ts';

const NOTHING: Known = {
  effort: 'medium',
  tasks: null,
  agentMs: new Map(),
  gatesMs: null,
  usdPerToken: null,
};

/** Steps in sequence and side by side, each with one or two reviewers, some with gates. */
const graph: fc.Arbitrary<Graph> = fc
  .record({
    first: fc.boolean(),
    chain: fc.array(fc.record({ gates: fc.boolean(), two: fc.boolean() }), { minLength: 1, maxLength: 3 }),
    lanes: fc.integer({ min: 0, max: 3 }),
    rework: fc.integer({ min: 0, max: 3 }),
    cap: fc.constantFrom(400, 400, 6),
  })
  .map(({ first, chain, lanes, rework, cap }) => {
    const over = ({ gates, two }: { gates: boolean; two: boolean }): object => ({
      gates: gates ? 'full' : 'none',
      reviewers: two ? ['one', 'two'] : ['one'],
    });
    const side = (n: number): Item[] => [writer(`lane${n}`, over({ gates: true, two: false }))];
    const build: Item[] = [
      ...chain.map((each, n) => writer(`w${n}`, over(each))),
      ...(lanes < 2
        ? []
        : [
            parallel(
              'both',
              Array.from({ length: lanes }, (_, n) => side(n)),
            ),
          ]),
      check('whole'),
      submit(),
    ];
    const built = buildGraph({ ...(first ? { plan: [reader('think')] } : {}), build });
    return { ...built, limits: { ...built.limits, max_rework: rework, max_invocations: cap } };
  });

const isCall = ({ type }: { type: string }): boolean =>
  type === 'invocation_started' || type === 'review_started';

describe('the envelope of a run', () => {
  it('holds what a run of any graph takes, whichever reviews fail, in order: least, likely, most', () => {
    fc.assert(
      fc.property(graph, fc.array(fc.boolean(), { maxLength: 40 }), (made, fails) => {
        const { invocations } = envelopeOf(made, NOTHING);
        expect(invocations.least).toBeLessThanOrEqual(invocations.likely ?? -1);
        expect(invocations.likely).toBeLessThanOrEqual(invocations.most);
        let n = 0;
        const events = simulateEvents({
          graph: made,
          confirmed: true,
          review: () => {
            n += 1;
            return fails[n - 1] === true ? failing(finding({ problem: `finding ${n}` })) : null;
          },
          // Nobody adds rounds: a person who does leaves the envelope.
          answer: () => null,
        });
        const calls = events.filter(isCall).length;
        expect(calls).toBeLessThanOrEqual(invocations.most);
        const ended = events.at(-1);
        const isDone = ended?.type === 'run_ended' && ended.status === 'done';
        expect(calls).toBeGreaterThanOrEqual(isDone ? invocations.least : 1);
      }),
      { numRuns: 300 },
    );
  });

  it('is what a run without rework takes, and lasts as long as its longest chain', () => {
    const made = buildGraph({
      build: [
        parallel('both', [
          [writer('slow', { gates: 'none', reviewers: ['one'] })],
          [writer('fast', { gates: 'none', reviewers: ['one'] })],
        ]),
        submit(),
      ],
    });
    const agents = Object.keys(made.agents);
    const agentMs = new Map(agents.map((agent) => [agent, agent === 'slow' ? 5_000 : 1_000]));
    const { wall_ms: wall, invocations } = envelopeOf(made, { ...NOTHING, agentMs, gatesMs: 500 });
    expect(wall.likely).not.toBeNull();
    expect(wall.along.some((step) => step.includes('slow'))).toBe(true);
    expect(wall.along.some((step) => step.includes('fast'))).toBe(false);
    const calls = simulateEvents({ graph: made, confirmed: true }).filter(isCall).length;
    expect(invocations).toMatchObject({ least: calls, likely: calls });
  });

  it('invents nothing: what no budget, no price and no earlier run says is not known', () => {
    const made = buildGraph({ build: [writer('w'), submit()] });
    const told = envelopeOf(made, NOTHING);
    expect([told.tokens, told.cost_usd, told.working_ms, told.wall_ms.likely]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    const bounded = envelopeOf(
      { ...made, budget: { tokens: 1_000_000 } },
      { ...NOTHING, usdPerToken: 0.000_01 },
    );
    expect([bounded.tokens, bounded.cost_usd]).toEqual([1_000_000, 10]);
    expect(envelopeOf({ ...made, budget: { tokens: 9 } }, NOTHING).cost_usd).toBeNull();
  });

  it.each(listBuiltinWorkflows().map(({ name }) => name))(
    'is there for %s, and grows with its rework',
    (name) => {
      const { graph: made } = requireDefinitions(chooseWorkflow(name, import.meta.dirname));
      const without = envelopeOf(
        { ...made, limits: { ...made.limits, max_rework: 0 } },
        { ...NOTHING, tasks: 4 },
      );
      const told = envelopeOf(made, { ...NOTHING, tasks: 4 });
      expect(without.invocations.most).toBe(without.invocations.likely);
      expect(told.invocations.most).toBeGreaterThan(without.invocations.most);
      expect(told.wall_ms.most).toBeGreaterThan(without.wall_ms.most);
    },
  );
});
