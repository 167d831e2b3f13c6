import { describe, expect, it } from 'vitest';
import { buildGraph, check, reader, submit, writer } from '../../testing/build-graph.ts';
import { createRandomWorld } from '../../testing/random-world.ts';
import { CALM } from '../../testing/temper.ts';
import { createRandom } from '../../testing/random.ts';
import { findingOf, play } from '../../testing/scripted-world.ts';
import { simulate, startOf } from '../../testing/simulator.ts';
import { revisionOf } from '../../testing/start-events.ts';
import { decide } from '../decide.ts';
import { changedRepos } from './changed-repos.ts';
import type { EventOf, RunEvent } from '../events.ts';
import { applyEvent, fold } from '../fold.ts';

const graph = buildGraph({ one: [writer('a'), writer('b'), writer('c'), check('whole'), submit()] });
const repos = ['api', 'docs', 'web'];

function effectsOf(events: RunEvent[]): EventOf<'effect_intended'>[] {
  return events.filter((event): event is EventOf<'effect_intended'> => event.type === 'effect_intended');
}

/** A run that changed all three repositories. */
function playAll(effect: Parameters<typeof play>[1] & object, over: Parameters<typeof play>[2] = {}) {
  return play(graph, effect, { repos, ...over });
}

describe('a submission', () => {
  it('R76: pushes every modified repository, and only those', () => {
    const { events, state } = playAll({});
    const head = state.steps.get('one/submit')?.base ?? '';
    const changed = changedRepos(state, head);
    expect(changed.length).toBeGreaterThan(0);
    expect(new Set(effectsOf(events).map((e) => e.repo))).toEqual(new Set(changed));
    const before = fold(startOf(graph, { repos }));
    const other = revisionOf({ api: 'base-of-api', docs: 'new', web: 'newer' });
    before.revisions.set(other.id, other);
    expect(changedRepos(before, other.id)).toEqual(['docs', 'web']);
    expect(changedRepos(before, before.base.id)).toEqual([]);
  });

  it('NET-6: pushes no branch before all repositories are looked at, opens no pull request before all are pushed, and marks none ready before all are linked', () => {
    const { events } = twoChanged(() => null);
    const kinds = effectsOf(events).map((e) => e.effect);
    expect(kinds).toEqual([
      'prepare_push',
      'prepare_push',
      'push_branch',
      'push_branch',
      'open_pull_request',
      'open_pull_request',
      'link_pull_requests',
      'link_pull_requests',
      'mark_ready',
      'mark_ready',
    ]);
  });

  it('NET-6: leaves drafts where one repository refuses, and a retry finishes only what is missing', () => {
    let refusals = 0;
    const { events, state } = twoChanged((command) => {
      const refuses = command.effect === 'open_pull_request' && command.repo === 'web' && refusals === 0;
      if (refuses) refusals += 1;
      return refuses ? { kind: 'refused', detail: 'somebody else has this branch' } : null;
    });
    const asked = events.findIndex((e) => e.type === 'question_asked');
    expect(events[asked]).toMatchObject({ question: { kind: 'submission' } });
    const before = effectsOf(events.slice(0, asked)).map((e) => `${e.effect} ${e.repo}`);
    const after = effectsOf(events.slice(asked)).map((e) => `${e.effect} ${e.repo}`);
    expect(before).not.toContain('mark_ready api');
    expect(before).toContain('open_pull_request api');
    expect(after[0]).toBe('open_pull_request web');
    expect(after).not.toContain('open_pull_request api');
    expect(state.ended).toEqual({ status: 'done', reason: 'submitted' });
  });

  it('NET-6: does what can be done in the other repositories before it asks about the one that refuses', () => {
    const { events } = twoChanged(
      ({ repo, effect }) =>
        repo === 'api' && effect === 'push_branch' ? { kind: 'refused', detail: 'protected' } : null,
      true,
    );
    expect(effectsOf(events).map((e) => `${e.effect} ${e.repo}`)).toEqual([
      'prepare_push api',
      'prepare_push web',
      'push_branch api',
      'push_branch web',
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'question_asked' });
  });

  it('R78: names every repository that is stuck in one question', () => {
    const { events } = twoChanged(() => ({ kind: 'refused', detail: 'protected' }), true);
    expect(effectsOf(events).map((e) => e.effect)).toEqual(['prepare_push', 'prepare_push']);
    const asked = events.filter((e) => e.type === 'question_asked');
    expect(asked).toHaveLength(1);
    expect(asked[0]?.question.text).toContain(
      'prepare_push in api: protected; prepare_push in web: protected',
    );
  });

  it('NET-6: looks again where somebody else goes on before the first push, and no more after it', () => {
    const { events } = twoChanged(() => null);
    const next = (upTo: number): string[] => {
      const state = fold(events.slice(0, upTo));
      applyEvent(state, { type: 'holder_changed', epoch: 2, pid: 1, host: 'here', took_over: false });
      return decide(state).flatMap((each) => (each.kind === 'effect' ? [`${each.effect} ${each.repo}`] : []));
    };
    const at = events.findIndex((e) => e.type === 'effect_intended' && e.effect === 'push_branch');
    expect(next(at)).toEqual(['prepare_push api']);
    expect(next(at + 2)).toEqual(['push_branch web']);
  });

  it('NET-6: looks at nothing twice where one repository alone is pushed', () => {
    const { events } = play(buildGraph({ one: [writer('a'), submit()] }));
    expect(effectsOf(events).map((e) => e.effect)).not.toContain('prepare_push');
  });

  it('KILL-2: probes an effect of unknown outcome under the same key, and the forge has it once', () => {
    const world = createRandomWorld(3, { ...CALM, lost: 0.4 }, 'first');
    const { events, state, kills } = simulate({
      history: startOf(graph, { repos }),
      world,
      random: createRandom(4),
      killRate: 0.4,
      maxKills: 60,
    });
    expect(kills).toBeGreaterThan(5);
    const starts = effectsOf(events);
    expect(starts.length).toBeGreaterThan(new Set(starts.map((e) => e.key)).size);
    // A look that was interrupted is made anew, under another key.
    const done = [...state.effects.values()].filter(({ effect }) => effect !== 'prepare_push');
    for (const effect of done) expect(effect).toMatchObject({ confirmed: true });
    expect(state.ended?.status).toBe('done');
  });

  const waitsOf = (events: RunEvent[]): number[] =>
    events.flatMap((event) => (event.type === 'wait_started' ? [event.wait_ms] : []));

  it('NET-8: waits longer each time for a forge that cannot be reached, which costs no try, and goes on where it is back', () => {
    let tries = 0;
    const { events, state } = playAll(
      {
        effect: ({ effect }) => {
          if (effect !== 'push_branch' || (tries += 1) > 9) return null;
          return { kind: 'failed', reason: 'engine_error', detail: 'no route', wait_ms: 15_000, grows: true };
        },
      },
      { repos: ['api'] },
    );
    expect(waitsOf(events)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 240].map((times) => times * 15_000));
    expect(events.some((event) => event.type === 'question_asked')).toBe(false);
    expect(state.ended).toEqual({ status: 'done', reason: 'submitted' });
  });

  it('NET-8: asks a person where it is not back after most of a day, and a forge that says when is never asked earlier', () => {
    const { events } = playAll(
      {
        answer: () => null,
        effect: () => ({
          kind: 'failed',
          reason: 'engine_error',
          detail: 'no route',
          wait_ms: 15_000,
          grows: true,
        }),
      },
      { repos: ['api'] },
    );
    const waits = waitsOf(events);
    expect(waits).toHaveLength(20);
    expect(Math.max(...waits)).toBe(3_600_000);
    expect(events.at(-1)).toMatchObject({ type: 'question_asked', question: { kind: 'submission' } });
  });

  it('NET-1: waits exactly as long as the forge asks for, however often it does', () => {
    const { events } = playAll(
      {
        answer: () => null,
        effect: () => ({ kind: 'failed', reason: 'engine_error', detail: 'limit', wait_ms: 60_000 }),
      },
      { repos: ['api'] },
    );
    expect(waitsOf(events)).toEqual(Array(20).fill(60_000));
    expect(events.at(-1)).toMatchObject({ type: 'question_asked', question: { kind: 'submission' } });
  });

  it('NET-1: waits longer each time for a server that fails, from the pause between tries on, and asks at once where there is none', () => {
    const waitsWith = (limits: { retry_backoff_ms: number; max_retries: number }): number[] => {
      const failing = buildGraph({ one: [writer('a'), check('whole'), submit()] }, { limits });
      const { events } = play(
        failing,
        {
          answer: () => null,
          effect: () => ({ kind: 'failed', reason: 'engine_error', detail: '502', grows: true }),
        },
        { repos: ['api'] },
      );
      expect(events.at(-1)).toMatchObject({ type: 'question_asked', question: { kind: 'submission' } });
      return waitsOf(events);
    };
    const waits = waitsWith({ retry_backoff_ms: 1_000, max_retries: 2 });
    expect(waits.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(waits).toHaveLength(20);
    expect(Math.max(...waits)).toBe(3_600_000);
    expect(waits.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(9 * 3_600_000);
    expect(waitsWith({ retry_backoff_ms: 0, max_retries: 2 })).toEqual([]);
  });

  it('does everything under new keys for a new head, when the change went back behind a submission', () => {
    const after = buildGraph({ one: [reader('plan'), writer('a'), submit(), check('watch')] });
    const { events, state } = play(after, {
      gate: ({ step, round }) =>
        step === 'one/watch' && round === 1
          ? { findings: [findingOf('checks', 'red', { owner: 'one/plan' })], red: true }
          : null,
    });
    const pushes = effectsOf(events).filter((e) => e.effect === 'push_branch');
    expect(new Set(pushes.map((e) => e.key)).size).toBe(2);
    expect(pushes.at(-1)?.head).not.toBe(pushes[0]?.head);
    expect(pushes.at(-1)?.head).toBe(state.steps.get('one/submit')?.accepted?.revision);
    expect(state.ended?.status).toBe('done');
  });

  it('R80: of a head that no chain of verdicts reaches fails the run, and nothing leaves the machine', () => {
    const { events } = playAll({});
    const state = fold(
      events.slice(
        0,
        events.findIndex((e) => e.type === 'effect_intended'),
      ),
    );
    state.reviewed.delete(state.steps.get('one/submit')?.base ?? '');
    expect(decide(state)).toMatchObject([{ event: { type: 'run_ended', status: 'failed' } }]);
  });

  it('submits nothing where nothing changed', () => {
    const { events, state } = play(buildGraph({ one: [reader('a'), submit()] }));
    expect(effectsOf(events)).toEqual([]);
    expect(state.ended).toEqual({ status: 'done', reason: 'complete' });
  });

  it('a second outcome of an effect changes nothing', () => {
    const { events } = play(buildGraph({ one: [writer('a'), submit()] }));
    const at = events.findIndex((e) => e.type === 'effect_ended');
    const state = fold(events.slice(0, at + 1));
    const ended = events[at];
    if (ended?.type === 'effect_ended') {
      applyEvent(state, ended);
      applyEvent(state, { ...ended, outcome: { kind: 'refused', detail: 'late' } });
    }
    expect([...state.effects.values()]).toMatchObject([{ performed: 1, refused: null, confirmed: true }]);
  });
});

/** A run that changed `api` and `web`: the first two agents each wrote in another repository. */
function twoChanged(
  effect: NonNullable<NonNullable<Parameters<typeof play>[1]>['effect']>,
  waits = false,
): ReturnType<typeof simulate> {
  const two = buildGraph({ one: [writer('a'), writer('b'), submit()] }, { limits: { max_parallel: 1 } });
  const trees = { 'one/a': { api: 'new', web: 'base-of-web' }, 'one/b': { api: 'new', web: 'new' } };
  const calm = createRandomWorld(1, CALM, 'first');
  return simulate({
    history: startOf(two, { repos: ['api', 'web'] }),
    random: createRandom(1),
    world: {
      answer: (question) => (waits ? null : calm.answer(question)),
      outcomeOf: (command, state) =>
        calm.outcomeOf(command, state).map((event) => {
          if (event.type === 'effect_ended' && command.kind === 'effect')
            return { ...event, outcome: effect(command, state) ?? event.outcome };
          if (event.type !== 'invocation_ended' || event.outcome.kind !== 'submitted') return event;
          const revision = revisionOf(trees[event.step as keyof typeof trees]);
          const output = { ...event.outcome.output, revision: revision.id, id: `output ${event.step}` };
          return { ...event, revision, outcome: { ...event.outcome, output } };
        }),
    },
  });
}
