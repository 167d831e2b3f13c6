import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkVerdictChain } from '../../cli/audit/verdict-chain.ts';
import { buildGraph, check, deploy, submit, writer } from '../../testing/build-graph.ts';
import { checkChains } from '../../testing/chain-checker.ts';
import { asJournal } from '../../testing/events.ts';
import { createRandom } from '../../testing/random.ts';
import { createRandomWorld, type People } from '../../testing/random-world.ts';
import { play } from '../../testing/scripted-world.ts';
import { simulate, startOf } from '../../testing/simulator.ts';
import { revisionOf } from '../../testing/start-events.ts';
import { CALM } from '../../testing/temper.ts';
import type { EventOf, RunEvent } from '../events.ts';
import { fold } from '../fold.ts';
import { baseOf } from '../graph/bases.ts';
import { stepOf } from '../state.ts';

const GRAPH = buildGraph({ one: [writer('a'), writer('b'), check('whole'), submit(), deploy('staging')] });
const MOVED = revisionOf({ api: 'what-main-became' });

/** The base goes on once, before the first push. */
function playMoved(over: Partial<EventOf<'effect_ended'>['outcome'] & { kind: 'base_moved' }> = {}) {
  return play(GRAPH, {
    effect: ({ effect, key, repo }, { effects }) =>
      effect === 'push_branch' && key.includes('/r1/') && !effects.has(key)
        ? {
            kind: 'base_moved',
            base: MOVED,
            repos: [{ repo, ref: 'main', from: 'commit-base-of-api', to: 'commit-what-main-became' }],
            continues: true,
            ...over,
          }
        : null,
    answer: ({ options }) => options[0]?.id ?? null,
  });
}

function extensionOf(events: RunEvent[]): EventOf<'graph_extended'> {
  const found = events.find((event) => event.type === 'graph_extended');
  if (found === undefined) throw new Error('the graph did not grow');
  return found;
}

describe('a base that went on', () => {
  it('NET-7: is brought in by a step of its own, judged by everybody who judged the whole change, and only that goes out', () => {
    const { events, state } = playMoved();
    expect(state.ended).toEqual({ status: 'done', reason: 'submitted' });
    const { steps } = extensionOf(events);
    expect(steps).toMatchObject([
      { id: 'one/submit-base-1', gates: 'full', reviewers: stepOf(state, 'one/whole').step.reviewers },
    ]);
    const brought = stepOf(state, 'one/submit-base-1');
    expect(brought.base).toBe(MOVED.id);
    expect(baseOf(state, brought).id).toBe(MOVED.id);
    expect(baseOf(state, stepOf(state, 'one/whole')).id).toBe(state.origin.id);
    const pushes = events.filter((e) => e.type === 'effect_intended' && e.effect === 'push_branch');
    expect(pushes.at(-1)).toMatchObject({ head: brought.accepted?.revision });
    // What is deployed is what was submitted.
    expect(events.find((e) => e.type === 'deploy_started')).toMatchObject({
      head: brought.accepted?.revision,
    });
    expect(checkChains(events)).toEqual([]);
    expect(checkVerdictChain(asJournal(events))).toBeNull();
  });

  it('NET-7: is nobody’s word: the fold and the audit take only what a submission found', () => {
    const { events } = playMoved();
    const at = events.findIndex((e) => e.type === 'graph_extended');
    const forged = events.map((e) =>
      e.type === 'graph_extended' ? { ...e, base: revisionOf({ api: 'mine' }) } : e,
    );
    expect(fold(forged.slice(0, at + 1)).base.id).toBe(fold(events.slice(0, 1)).base.id);
    const outcome = (change: object): RunEvent[] =>
      events.map((e) =>
        e.type === 'effect_ended' && e.outcome.kind === 'base_moved'
          ? { ...e, outcome: { ...e.outcome, ...change } }
          : e,
      );
    const table = [
      { of: forged, problem: 'did not find' },
      { of: events.filter((e) => e.type !== 'effect_ended'), problem: 'did not find' },
      { of: outcome({ continues: false }), problem: 'does not continue' },
      { of: outcome({ repos: [] }), problem: 'does not continue' },
      {
        of: events.map((e) => (e.type === 'graph_extended' ? { ...e, steps: [] } : e)),
        problem: 'which no step brings in',
      },
    ];
    for (const { of, problem } of table) expect(checkVerdictChain(asJournal(of))?.detail).toContain(problem);
  });

  it('NET-4: one that continues nothing is a person’s, who is not offered to bring it in', () => {
    const { events, state } = playMoved({ continues: false });
    const asked = events.find((e) => e.type === 'question_asked' && e.question.kind === 'base_moved');
    expect(asked).toMatchObject({
      question: { options: [{ id: 'submit_anyway' }, { id: 'abort' }, { id: 'roll_back' }] },
    });
    expect(events.some((e) => e.type === 'graph_extended')).toBe(false);
    expect(state.ended?.status).toBe('done');
  });

  it('NET-7: in any world and with any deaths what goes out was judged on the base that was found last', () => {
    const people = fc.constantFrom<People>('first', 'last', 'either', 'absent');
    let merges = 0;
    fc.assert(
      fc.property(people, fc.nat(1_000_000), (who, seed) => {
        const { events, state, end } = simulate({
          history: startOf(GRAPH, { repos: ['api', 'web'] }),
          world: createRandomWorld(
            seed,
            { ...CALM, moved: 0.3, lost: 0.2, red: 0.2, fail: 0.2, conflict: 0.4 },
            who,
          ),
          random: createRandom(seed),
          killRate: 0.2,
          maxEvents: 20_000,
        });
        expect(checkChains(events)).toEqual([]);
        expect(checkVerdictChain(asJournal(events))).toBeNull();
        expect(state.ended === null).toBe(end === 'waiting');
        merges += events.filter((e) => e.type === 'graph_extended' && e.base !== undefined).length;
      }),
      { numRuns: 150 },
    );
    expect(merges).toBeGreaterThan(50);
  });
});
