import { describe, expect, it } from 'vitest';
import { buildGraph, check, submit, writer } from '../../testing/build-graph.ts';
import { createScriptedWorld, findingOf, type WorldScript } from '../../testing/scripted-world.ts';
import { createRandom } from '../../testing/random.ts';
import { simulate, startOf, type Simulation } from '../../testing/simulator.ts';
import type { EventOf, RunEvent } from '../events.ts';

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
    'stops nothing where it %s: nobody is asked, and the run ends as it would',
    (_, outcome) => {
      const isBeside = (effect: string): boolean => effect === 'set_labels' || effect === 'ask_reviewers';
      const { events, state } = play({
        answer: () => null,
        effect: ({ effect }) => (isBeside(effect) ? outcome : null),
      });
      expect(state.ended).toEqual({ status: 'done', reason: 'submitted' });
      expect(kindsOf(events).filter((kind) => !isBeside(kind))).toEqual(SUBMISSION);
      expect(new Set(kindsOf(events).filter(isBeside))).toEqual(new Set(['set_labels', 'ask_reviewers']));
      expect(kindsOf(events).filter(isBeside).length).toBeLessThanOrEqual(2 * (state.limits.max_retries + 2));
    },
  );

  it('is done once, and left as people left it when the submission begins another round', () => {
    const { events, state } = play(
      {
        effect: ({ effect, key }) =>
          effect === 'follow'
            ? {
                kind: 'confirmed',
                performed: false,
                pull_request: null,
                followed: { findings: key.includes('/r1/') ? [findingOf('forge', 'red')] : [], notes: [] },
              }
            : null,
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
