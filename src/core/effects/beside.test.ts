import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkChains } from '../../testing/chain-checker.ts';
import { createRandomWorld } from '../../testing/random-world.ts';
import { CALM } from '../../testing/temper.ts';
import { buildGraph, check, submit, writer } from '../../testing/build-graph.ts';
import { createScriptedWorld, findingOf, type WorldScript } from '../../testing/scripted-world.ts';
import { createRandom, rollFor } from '../../testing/random.ts';
import { simulate, startOf, type Simulation } from '../../testing/simulator.ts';
import { isBeside } from './beside.ts';
import type { EffectfulCommand } from '../commands.ts';
import type { EventOf, RunEvent } from '../events.ts';
import type { Question } from '../records.ts';
import type { RunState } from '../state.ts';

const GRAPH = buildGraph({ one: [writer('a'), check('whole'), submit()] });
const EXTRAS = { labels: ['baton'], reviewers: ['ada'], team_reviewers: [] };

const NOTHING = { labels: [], reviewers: [], team_reviewers: [] };

function play(script: WorldScript = {}, over: Partial<EventOf<'run_started'>> = {}): Simulation {
  const [started] = startOf(GRAPH);
  const history = [{ ...started, pull_requests: EXTRAS, ...over } as RunEvent];
  return simulate({ history, world: createScriptedWorld(script), random: createRandom(1) });
}

function kindsOf(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'effect_intended' ? [event.effect] : []));
}

function performedOf(events: readonly RunEvent[], kind: string): number {
  return events.filter(
    (event) =>
      event.type === 'effect_ended' &&
      event.effect === kind &&
      event.outcome.kind === 'confirmed' &&
      event.outcome.performed,
  ).length;
}

/** A look at a pull request: something is red, or nothing. */
function lookedAt(isRed: boolean): EventOf<'effect_ended'>['outcome'] {
  const findings = isRed ? [findingOf('forge', 'red')] : [];
  return { kind: 'confirmed', performed: false, pull_request: null, followed: { findings, notes: [] } };
}

/** Red at the forge in the first round; of what stands beside some is refused for good, and some replies are lost. */
function outcomeFor(
  { effect, key, outcome }: EventOf<'effect_ended'>,
  roll: number,
): EventOf<'effect_ended'>['outcome'] {
  if (effect === 'follow') return lookedAt(key.includes('/r1/'));
  if (!isBeside(effect) || roll >= 0.5) return outcome;
  return roll < 0.2
    ? { kind: 'refused', detail: 'no right' }
    : { kind: 'failed', reason: 'engine_error', detail: 'connection reset' };
}

const SUBMISSION = ['push_branch', 'open_pull_request', 'link_pull_requests', 'mark_ready'];

describe('what stands beside a pull request', () => {
  it('labels are set while it is a draft, reviewers are asked when it is ready, and neither where nobody wants them', () => {
    expect(kindsOf(play().events)).toEqual([
      ...SUBMISSION.slice(0, 3),
      'set_labels',
      'mark_ready',
      'ask_reviewers',
    ]);
    expect(kindsOf(play({}, { pull_requests: { ...EXTRAS, reviewers: [] } }).events)).toEqual([
      ...SUBMISSION.slice(0, 3),
      'set_labels',
      'mark_ready',
    ]);
    expect(kindsOf(play({}, { pull_requests: undefined }).events)).toEqual(SUBMISSION);
  });

  it('a status is begun behind the push and ended behind everything else, but where the first was refused', () => {
    const over = { pull_requests: { ...NOTHING, status: true as const } };
    const [push = '', ...others] = SUBMISSION;
    expect(kindsOf(play({}, over).events)).toEqual([push, 'begin_status', ...others, 'end_status']);
    const effect: WorldScript['effect'] = (command) =>
      command.effect === 'begin_status' ? { kind: 'refused', detail: 'no right' } : null;
    expect(kindsOf(play({ effect }, over).events)).toEqual([push, 'begin_status', ...others]);
  });

  const failures: [string, EventOf<'effect_ended'>['outcome']][] = [
    ['is refused', { kind: 'refused', detail: 'no right' }],
    ['fails again and again', { kind: 'failed', reason: 'engine_error', detail: '502' }],
    ['has no way to the forge', { kind: 'failed', reason: 'engine_error', detail: '', wait_ms: 15_000 }],
  ];
  it.each(failures)(
    'R78: stops nothing where it %s: nobody is asked, and the run ends as it would',
    (_, outcome) => {
      const besides = ['set_labels', 'ask_reviewers'];
      const { events, state } = play({
        answer: () => null,
        effect: ({ effect }) => (besides.includes(effect) ? outcome : null),
      });
      expect(state.ended).toEqual({ status: 'done', reason: 'submitted' });
      expect(kindsOf(events).filter((kind) => !besides.includes(kind))).toEqual(SUBMISSION);
      expect(new Set(kindsOf(events).filter((kind) => besides.includes(kind)))).toEqual(new Set(besides));
      expect(kindsOf(events).filter((kind) => besides.includes(kind)).length).toBeLessThanOrEqual(
        2 * (state.limits.max_retries + 2),
      );
    },
  );

  it('KILL-2: wherever the holder dies and whatever is lost, the run ends, and labels and reviewers are set at most once', () => {
    let told = 0;
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const world = createRandomWorld(seed, CALM, 'first');
        const extras = { ...EXTRAS, status: true, comment: true } as const;
        const [started] = startOf(GRAPH);
        const follow = { for_ms: 100, every_ms: 10, grace_ms: 10 };
        const history = [{ ...started, pull_requests: extras, follow } as RunEvent];
        const redOnce = {
          answer: ({ options }: Question) => ({ option: options[0]?.id ?? '', text: '' }),
          outcomeOf: (command: EffectfulCommand, state: RunState) =>
            world.outcomeOf(command, state).map((event) =>
              event.type === 'effect_ended'
                ? {
                    ...event,
                    outcome: outcomeFor(
                      event,
                      rollFor(seed, event.key, state.effects.get(event.key)?.failures ?? 0),
                    ),
                  }
                : event,
            ),
        };
        const random = createRandom(seed);
        const { events, state } = simulate({ history, world: redOnce, random, killRate: 0.3, maxKills: 30 });
        expect(state.ended?.status).toBe('done');
        expect(checkChains(events)).toEqual([]);
        for (const kind of ['set_labels', 'ask_reviewers'])
          expect(performedOf(events, kind)).toBeLessThanOrEqual(1);
        told += performedOf(events, 'comment');
      }),
      { numRuns: 60 },
    );
    expect(told).toBeGreaterThan(10);
  });

  it('is done once, and left as people left it when the submission begins another round', () => {
    const { events, state } = play(
      {
        effect: ({ effect, key }) => (effect === 'follow' ? lookedAt(key.includes('/r1/')) : null),
      },
      { follow: { for_ms: 100, every_ms: 10, grace_ms: 10 } },
    );
    expect(state.ended?.status).toBe('done');
    const kinds = kindsOf(events);
    expect(kinds.filter((kind) => kind === 'mark_ready')).toHaveLength(2);
    expect(kinds.filter((kind) => kind === 'set_labels')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'ask_reviewers')).toHaveLength(1);
  });
});
