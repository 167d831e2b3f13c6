import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkVerdictChain } from '../../cli/audit/verdict-chain.ts';
import { buildGraph, check, submit, writer } from '../../testing/build-graph.ts';
import { checkChains } from '../../testing/chain-checker.ts';
import { asJournal } from '../../testing/events.ts';
import { createRandom, rollFor } from '../../testing/random.ts';
import { createRandomWorld } from '../../testing/random-world.ts';
import { findingOf } from '../../testing/scripted-world.ts';
import { simulate, startOf, type SimulationOptions } from '../../testing/simulator.ts';
import { CALM } from '../../testing/temper.ts';
import { decide } from '../decide.ts';
import type { EventOf, RunEvent } from '../events.ts';
import { applyEvent, fold } from '../fold.ts';
import type { Question } from '../records.ts';

const GRAPH = buildGraph(
  { one: [writer('a'), check('whole'), submit()] },
  { limits: { retry_backoff_ms: 1 } },
);
const FOLLOW = { for_ms: 100, every_ms: 10, grace_ms: 10 };

type Seen = 'green' | 'red' | 'pending';

function outcomeOf(seen: Seen, key: string): EventOf<'effect_ended'>['outcome'] {
  if (seen === 'pending') return { kind: 'pending', detail: 'still running: test', wait_ms: 40 };
  const findings = seen === 'red' ? [findingOf('forge', `red at ${key}`)] : [];
  return { kind: 'confirmed', performed: false, pull_request: null, followed: { findings, notes: [] } };
}

function play(
  see: (key: string, looks: number) => Seen,
  over: Partial<SimulationOptions> & { answer?: (question: Question) => string | null } = {},
) {
  const { answer = () => null, ...options } = over;
  const calm = createRandomWorld(1, CALM, 'first');
  const [started] = startOf(GRAPH);
  return simulate({
    history: [{ ...started, follow: FOLLOW, confirmed: true } as RunEvent],
    random: createRandom(1),
    maxEvents: 5_000,
    world: {
      outcomeOf: (command, state) =>
        calm.outcomeOf(command, state).map((event) =>
          event.type === 'effect_ended' && command.kind === 'effect' && command.effect === 'follow'
            ? {
                ...event,
                outcome: outcomeOf(
                  see(command.key, state.effects.get(command.key)?.pendings ?? 0),
                  command.key,
                ),
              }
            : event,
        ),
      answer(question) {
        const option = answer(question);
        return option === null ? null : { option, text: '' };
      },
    },
    ...options,
  });
}

function count(events: RunEvent[], type: RunEvent['type']): number {
  return events.filter((event) => event.type === type).length;
}

describe('a run that follows its pull requests', () => {
  it('ends when everything is green, after as many looks as that takes', () => {
    const { events, state } = play((_, looks) => (looks < 2 ? 'pending' : 'green'));
    expect(state.ended).toEqual({ status: 'done', reason: 'submitted' });
    expect(count(events, 'wait_ended')).toBe(2);
    expect(count(events, 'graph_extended')).toBe(0);
  });

  it('R78: answers what is red with rework, gates and reviews, and pushes what was judged', () => {
    const { events, state } = play((key) => (key.includes('/r1/') ? 'red' : 'green'));
    expect(state.ended?.status).toBe('done');
    expect(count(events, 'rework_requested')).toBe(1);
    const pushes = events.filter((e) => e.type === 'effect_intended' && e.effect === 'push_branch');
    expect(pushes).toHaveLength(2);
    expect(checkChains(events)).toEqual([]);
    expect(checkVerdictChain(asJournal(events))).toBeNull();
  });

  it('is bounded: a person is asked after as many answers as a rework has rounds', () => {
    const { state, end } = play(() => 'red');
    expect(end).toBe('waiting');
    expect([...state.openQuestions].map((id) => state.questions.get(id)?.question.kind)).toEqual([
      'checks_red',
    ]);
    expect(state.graph.steps.filter(({ id }) => id.includes('-answer-'))).toHaveLength(
      state.limits.max_rework,
    );
    const left = play(() => 'red', { answer: ({ kind }) => (kind === 'checks_red' ? 'leave' : null) });
    expect(left.state.ended).toEqual({ status: 'done', reason: 'submitted' });
    const more = play(() => 'red', {
      answer: ({ kind, options }) => (kind === 'checks_red' ? (options[0]?.id ?? null) : null),
    });
    const { max_rework, max_continues } = more.state.limits;
    expect(more.state.graph.steps.filter(({ id }) => id.includes('-answer-'))).toHaveLength(
      max_rework + max_continues,
    );
    expect(more.state.ended?.status).toBe('done');
  });

  it('pauses when the time is up; whoever goes on waits as long again, or no longer at all', () => {
    const { events } = play(() => 'pending');
    const at = events.findIndex((event) => event.type === 'run_paused');
    expect(events[at]).toMatchObject({ reason: 'checks', detail: 'api: still running: test' });
    const resumed = (): ReturnType<typeof fold> => {
      const state = fold(events.slice(0, at + 1));
      applyEvent(state, { type: 'run_resumed' });
      return state;
    };
    expect(decide(resumed())).toMatchObject([{ kind: 'effect', effect: 'follow' }]);
    const ended = resumed();
    applyEvent(ended, {
      type: 'follow_requested',
      for_ms: null,
      actor: { kind: 'human', name: 'ada', via: 'cli' },
    });
    expect(decide(ended)).toMatchObject([{ event: { type: 'step_accepted' } }]);
  });

  it('KILL-2: goes on following wherever its holder dies, and nothing unreviewed is pushed', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const { events, state, kills } = play(
          (key, looks) => {
            const roll = rollFor(seed, key, looks);
            return looks < 2 && roll < 0.4 ? 'pending' : roll < 0.7 ? 'red' : 'green';
          },
          {
            random: createRandom(seed),
            killRate: 0.3,
            maxKills: 30,
            answer: ({ options }) => options[0]?.id ?? null,
          },
        );
        expect(kills).toBeGreaterThanOrEqual(0);
        expect(checkChains(events)).toEqual([]);
        expect(state.ended?.status).toBe('done');
      }),
      { numRuns: 100 },
    );
  });
});
